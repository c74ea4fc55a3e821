// Written by `ecosphere-node sample`.
&[
    ("checkpoint", include_bytes!("checkpoint")),
    ("pack/05aea73a2b6ec65cc168a388190606dc521bdb1dce592259fd800f8079eb9a34", include_bytes!("pack/05aea73a2b6ec65cc168a388190606dc521bdb1dce592259fd800f8079eb9a34")),
    ("pack/2529855dd216edbd2b886995fa492cf2d8fc3ae9644c9e5950f1f52d01eaf645", include_bytes!("pack/2529855dd216edbd2b886995fa492cf2d8fc3ae9644c9e5950f1f52d01eaf645")),
    ("pack/8ee71cd621ed4bcd1e123f0483c7744ffa8473a71233083ef0e56da327d94ebb", include_bytes!("pack/8ee71cd621ed4bcd1e123f0483c7744ffa8473a71233083ef0e56da327d94ebb")),
    ("shelf.json", include_bytes!("shelf.json")),
    ("tile/0/000.p/25", include_bytes!("tile/0/000.p/25")),
    ("tile/entries/000.p/25", include_bytes!("tile/entries/000.p/25")),
]
