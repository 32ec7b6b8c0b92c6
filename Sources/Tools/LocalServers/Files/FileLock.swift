import Foundation

/// An exclusive lock on an open file (`flock(2)`), held until it is released or the value is gone.
package final class FileLock: Sendable {
    private let file: Descriptor

    /// Takes the lock; nil if another process has it.
    init?(_ file: Descriptor) {
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        self.file = file
    }

    deinit {
        release()
    }

    /// Unlocks. Closing the file is not enough: a process that is being started on another thread shares our open files
    /// until it executes its program, and would hold the lock a moment longer.
    package func release() {
        flock(file.number, LOCK_UN)
    }
}
