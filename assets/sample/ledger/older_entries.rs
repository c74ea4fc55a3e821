// Written by `ecosphere-node sample`.
&[
    ("tile/entries/000", include_bytes!("tile/entries/000")),
    ("tile/entries/001", include_bytes!("tile/entries/001")),
    ("tile/entries/002", include_bytes!("tile/entries/002")),
    ("tile/entries/003", include_bytes!("tile/entries/003")),
]
