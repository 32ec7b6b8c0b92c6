#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What SIGHUP means: to a daemon, that its settings have changed; to a program at a terminal, that the terminal is gone.
/// Whoever closes the window in which a node runs does not want it to go on unseen.
struct Hangup {
    private let endsWithTerminal: Bool

    /// Looks at how the process was started; from now on, SIGHUP by itself does not end it.
    init() {
        // `nohup` starts programs with the signal ignored: they shall outlive the terminal.
        let previous = signal(SIGHUP, SIG_IGN)
        // Safe: C function pointers of one type, as wide as Int, which have no == in Swift; neither is called.
        let isIgnored = unsafeBitCast(previous, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
        endsWithTerminal = !isIgnored && Self.hasTerminal
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
