// In C, since only there a build can hand over a value. It is a file of its own: a new commit compiles nothing else.
#include "CBuildInfo.h"

const char *scorecast_commit(void) { return SCORECAST_COMMIT; }
