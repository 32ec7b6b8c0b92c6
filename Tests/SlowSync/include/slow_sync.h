#ifndef SLOW_SYNC_H
#define SLOW_SYNC_H

/// The environment variable with the path of the file that holds the time that each sync takes longer: milliseconds, as
/// 8 bytes in the order of the machine.
#define SLOW_SYNC_VARIABLE "SLOW_SYNC_FILE"

#endif
