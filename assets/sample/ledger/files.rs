// Written by `ecosphere-node sample`.
&[
    ("checkpoint", include_bytes!("checkpoint")),
    ("pack/1c82abf027fd006f13991eb22029ca17c59990562f957c634a5cfef3fbef24f5", include_bytes!("pack/1c82abf027fd006f13991eb22029ca17c59990562f957c634a5cfef3fbef24f5")),
    ("pack/45d2f7ae403284b5ce1c5fdf81b247e78365a67c9456f519f45efe6324e6c737", include_bytes!("pack/45d2f7ae403284b5ce1c5fdf81b247e78365a67c9456f519f45efe6324e6c737")),
    ("pack/f759145754c6f635ab5c18cb882affbd3e86ad937d2f5711506a2d44afe40fa2", include_bytes!("pack/f759145754c6f635ab5c18cb882affbd3e86ad937d2f5711506a2d44afe40fa2")),
    ("shelf.json", include_bytes!("shelf.json")),
    ("tile/0/000", include_bytes!("tile/0/000")),
    ("tile/0/001", include_bytes!("tile/0/001")),
    ("tile/0/002", include_bytes!("tile/0/002")),
    ("tile/0/003", include_bytes!("tile/0/003")),
    ("tile/0/004.p/156", include_bytes!("tile/0/004.p/156")),
    ("tile/1/000.p/4", include_bytes!("tile/1/000.p/4")),
    ("tile/entries/004.p/156", include_bytes!("tile/entries/004.p/156")),
]
