import Foundation

/// An exclusive lock on an open file (`flock(2)`), held until the value goes or is released.
package final class FileLock: Sendable {
    private let file: Descriptor

    /// Takes the lock; nil when somebody else has it.
    init?(_ file: Descriptor) {
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
        self.file = file
    }

    deinit {
        release()
    }

    /// Unlocks. Closing alone would not do: a process that is being started on another thread shares our open files
    /// until it executes its program, and would hold the lock for another moment.
    package func release() {
        flock(file.number, LOCK_UN)
    }
}
