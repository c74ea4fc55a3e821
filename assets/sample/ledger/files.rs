// Written by `ecosphere-node sample`.
&[
    ("checkpoint", include_bytes!("checkpoint")),
    ("pack/88b571defc789d6a502f389b556f2c49bc013319ad8b7ffbd076c802181e4f1e", include_bytes!("pack/88b571defc789d6a502f389b556f2c49bc013319ad8b7ffbd076c802181e4f1e")),
    ("pack/8917941c688a99aebf359b90dfb0a1c153e84c9994a2850a8addea431111cd91", include_bytes!("pack/8917941c688a99aebf359b90dfb0a1c153e84c9994a2850a8addea431111cd91")),
    ("pack/8acab5ab213e567781af59faa5a9585b0d71b521e74b6fe0c5e4b52642f838c0", include_bytes!("pack/8acab5ab213e567781af59faa5a9585b0d71b521e74b6fe0c5e4b52642f838c0")),
    ("shelf.json", include_bytes!("shelf.json")),
    ("tile/0/000", include_bytes!("tile/0/000")),
    ("tile/0/001", include_bytes!("tile/0/001")),
    ("tile/0/002", include_bytes!("tile/0/002")),
    ("tile/0/003", include_bytes!("tile/0/003")),
    ("tile/0/004.p/90", include_bytes!("tile/0/004.p/90")),
    ("tile/1/000.p/4", include_bytes!("tile/1/000.p/4")),
    ("tile/entries/004.p/90", include_bytes!("tile/entries/004.p/90")),
]
