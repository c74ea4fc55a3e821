// Written by `ecosphere-node sample`.
&[
    ("checkpoint", include_bytes!("checkpoint")),
    ("pack/1db5d3e2c2fc6881aa8cb5285680ae0f891c29c0bfff1102c0201c12985a59e9", include_bytes!("pack/1db5d3e2c2fc6881aa8cb5285680ae0f891c29c0bfff1102c0201c12985a59e9")),
    ("pack/483f4d69bfaf709651708cb349e29ba2202a01e4add772a9b87c9ff6aa570ca7", include_bytes!("pack/483f4d69bfaf709651708cb349e29ba2202a01e4add772a9b87c9ff6aa570ca7")),
    ("pack/d0f78b05407da65fbbfd21c8fdfc99f8bd71aa59305b6c4b5b5e64d0fa11a09e", include_bytes!("pack/d0f78b05407da65fbbfd21c8fdfc99f8bd71aa59305b6c4b5b5e64d0fa11a09e")),
    ("policy", include_bytes!("policy")),
    ("shelf.json", include_bytes!("shelf.json")),
    ("tile/0/000", include_bytes!("tile/0/000")),
    ("tile/0/001", include_bytes!("tile/0/001")),
    ("tile/0/002", include_bytes!("tile/0/002")),
    ("tile/0/003", include_bytes!("tile/0/003")),
    ("tile/0/004.p/156", include_bytes!("tile/0/004.p/156")),
    ("tile/1/000.p/4", include_bytes!("tile/1/000.p/4")),
    ("tile/entries/004.p/156", include_bytes!("tile/entries/004.p/156")),
]
