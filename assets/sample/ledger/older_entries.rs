// Written by `ecosphere-node sample`.
&[
]
