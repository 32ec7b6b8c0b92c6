#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Decides what SIGHUP means. To a daemon it means that its settings have changed; to a program at a terminal, that the
/// terminal is gone. A person who closes the window in which a node runs does not want it to continue unseen.
package struct Hangup {
    private let endsWithTerminal: Bool

    /// Looks at how the process was started; from now on, SIGHUP by itself does not end it.
    package init() {
        endsWithTerminal = !Self.ignore() && Self.hasTerminal
    }

    /// Until a node handles SIGHUP, turns it into SIGTERM, so that this program can stop the servers that it started.
    package static func endMeanwhile() {
        guard !ignore() else { return }
        // Both calls are safe in a signal handler (signal-safety(7)).
        signal(SIGHUP) { _ in kill(getpid(), SIGTERM) }
    }

    /// Ignores the signal.
    ///
    /// - Returns: whether it was ignored before. `nohup` starts programs like that: they shall outlive the terminal.
    private static func ignore() -> Bool {
        let previous = signal(SIGHUP, SIG_IGN)
        // Safe: C function pointers of one type, as wide as Int, which have no == in Swift; neither is called.
        return unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// Whether the process had a terminal, and has it no longer.
    var isEndOfTerminal: Bool { endsWithTerminal && !Self.hasTerminal }

    /// Whether the process has a controlling terminal that is still there (tty(4)).
    private static var hasTerminal: Bool {
        let descriptor = open("/dev/tty", O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }

    /// Asks the process to end, as an operator would.
    static func end() { kill(getpid(), SIGTERM) }
}
