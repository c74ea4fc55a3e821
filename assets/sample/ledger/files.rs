// Written by `ecosphere-node sample`.
&[
    ("checkpoint", include_bytes!("checkpoint")),
    ("pack/1c82abf027fd006f13991eb22029ca17c59990562f957c634a5cfef3fbef24f5", include_bytes!("pack/1c82abf027fd006f13991eb22029ca17c59990562f957c634a5cfef3fbef24f5")),
    ("pack/280c96cb993daae3aeb6a652f7a2c7cf499794277aa4e81295005f8eacdb0d4f", include_bytes!("pack/280c96cb993daae3aeb6a652f7a2c7cf499794277aa4e81295005f8eacdb0d4f")),
    ("pack/bb2079af554c6ccf0fc61be2d4a352262def42ef1b0957871a82442640f256f3", include_bytes!("pack/bb2079af554c6ccf0fc61be2d4a352262def42ef1b0957871a82442640f256f3")),
    ("shelf.json", include_bytes!("shelf.json")),
    ("tile/0/000", include_bytes!("tile/0/000")),
    ("tile/0/001", include_bytes!("tile/0/001")),
    ("tile/0/002", include_bytes!("tile/0/002")),
    ("tile/0/003", include_bytes!("tile/0/003")),
    ("tile/0/004.p/156", include_bytes!("tile/0/004.p/156")),
    ("tile/1/000.p/4", include_bytes!("tile/1/000.p/4")),
    ("tile/entries/004.p/156", include_bytes!("tile/entries/004.p/156")),
]
