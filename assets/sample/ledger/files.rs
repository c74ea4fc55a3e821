// Written by `ecosphere-node sample`.
&[
    ("checkpoint", include_bytes!("checkpoint")),
    ("pack/5140ed5b065dae7f057441a01e01c1826a9b3da4f8d02cf106b9c6fbb1b8b31e", include_bytes!("pack/5140ed5b065dae7f057441a01e01c1826a9b3da4f8d02cf106b9c6fbb1b8b31e")),
    ("pack/5e3e4891222243553c514d5bd830f067c1512410ea94bca755cf41a3cf1c9e11", include_bytes!("pack/5e3e4891222243553c514d5bd830f067c1512410ea94bca755cf41a3cf1c9e11")),
    ("pack/c425d9f2ea4619708e6ca04e050bcbf2ab21abb43cc0ed1d3e094f790a6ee469", include_bytes!("pack/c425d9f2ea4619708e6ca04e050bcbf2ab21abb43cc0ed1d3e094f790a6ee469")),
    ("shelf.json", include_bytes!("shelf.json")),
    ("tile/0/000", include_bytes!("tile/0/000")),
    ("tile/0/001", include_bytes!("tile/0/001")),
    ("tile/0/002", include_bytes!("tile/0/002")),
    ("tile/0/003", include_bytes!("tile/0/003")),
    ("tile/0/004.p/156", include_bytes!("tile/0/004.p/156")),
    ("tile/1/000.p/4", include_bytes!("tile/1/000.p/4")),
    ("tile/entries/004.p/156", include_bytes!("tile/entries/004.p/156")),
]
