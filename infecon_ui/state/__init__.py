"""The choices of a visit: in the session, in the address, and as the pages get them."""
