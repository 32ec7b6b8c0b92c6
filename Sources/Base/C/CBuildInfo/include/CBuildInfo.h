/// The commit that this was built from, as Package.swift was told; empty if it was not.
const char *scorecast_commit(void);
