#ifndef SET_CLOCK_H
#define SET_CLOCK_H

/// The environment variable with the path of the file that holds the time: microseconds since 1970, as 8 bytes in the
/// order of the machine.
#define SET_CLOCK_VARIABLE "SET_CLOCK_FILE"

#endif
