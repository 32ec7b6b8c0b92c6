import Foundation

// The two C libraries differ only in the empty value of these types.
#if canImport(Darwin)
    private typealias SpawnActions = posix_spawn_file_actions_t?
    private typealias SpawnAttributes = posix_spawnattr_t?
    private func emptyActions() -> SpawnActions { nil }
    private func emptyAttributes() -> SpawnAttributes { nil }
#else
    private typealias SpawnActions = posix_spawn_file_actions_t
    private typealias SpawnAttributes = posix_spawnattr_t
    private func emptyActions() -> SpawnActions { SpawnActions() }
    private func emptyAttributes() -> SpawnAttributes { SpawnAttributes() }
#endif

extension ChildProcess {
    /// A command to run.
    package struct Command: Sendable {
        /// The path of the executable.
        package var executable: String
        /// The arguments after the name.
        package var arguments: [String]
        /// The whole environment of the process.
        package var environment: [String: String]

        package init(
            _ executable: String, _ arguments: [String], environment: [String: String] = Command.plainEnvironment()
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
        }

        /// Our own environment without our settings, which may be secrets, and without the variables that would lead
        /// Postgres' programs elsewhere. It has the C locale, so that messages and sort orders are the same everywhere.
        package static func plainEnvironment(
            from own: [String: String] = ProcessInfo.processInfo.environment
        ) -> [String: String] {
            var environment = own
            for key in environment.keys where key.hasPrefix("SCORECAST_") || key.hasPrefix("PG") {
                environment[key] = nil
            }
            environment["LC_ALL"] = "C"
            return environment
        }
    }

    /// Starts a process with the default action for every signal, and with no other open descriptors than those given.
    ///
    /// - Parameters:
    ///   - input: its standard input; `/dev/null` without one.
    ///   - output: its standard output.
    ///   - errors: its standard error; `output` without one.
    ///   - held: a descriptor, such as a lock, that it holds as number 3 until it ends.
    package static func spawn(
        _ command: Command, input: Descriptor? = nil, output: Descriptor, errors: Descriptor? = nil,
        held: Descriptor? = nil
    ) throws -> ChildProcess {
        let input = try input ?? Files.open("/dev/null", O_RDONLY)
        var actions = emptyActions()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var attributes = emptyAttributes()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }

        setAttributes(&attributes)
        posix_spawn_file_actions_adddup2(&actions, input.number, 0)
        posix_spawn_file_actions_adddup2(&actions, output.number, 1)
        posix_spawn_file_actions_adddup2(&actions, (errors ?? output).number, 2)
        if let held { posix_spawn_file_actions_adddup2(&actions, held.number, 3) }
        for number in inheritedByAccident() where held == nil || number != 3 {
            posix_spawn_file_actions_addclose(&actions, number)
        }

        var pid: pid_t = 0
        let code = withCStrings([command.executable] + command.arguments) { arguments in
            withCStrings(command.environment.map { "\($0.key)=\($0.value)" }) { environment in
                posix_spawn(&pid, command.executable, &actions, &attributes, arguments, environment)
            }
        }
        guard code == 0 else {
            throw LocalServerError.system(call: "posix_spawn", subject: command.executable, code: code)
        }
        return ChildProcess(pid: pid)
    }

    private static func setAttributes(_ attributes: inout SpawnAttributes) {
        var flags = Int32(POSIX_SPAWN_SETPGROUP) | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        #if canImport(Darwin)
            flags |= Int32(POSIX_SPAWN_CLOEXEC_DEFAULT)
        #endif
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)

        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        sigdelset(&signals, SIGKILL)
        sigdelset(&signals, SIGSTOP)
        posix_spawnattr_setsigdefault(&attributes, &signals)
    }

    /// Descriptors that a library has opened without close-on-exec. Our own all have it.
    private static func inheritedByAccident() -> [Int32] {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        return open.compactMap { Int32($0) }.filter { number in
            let flags = fcntl(number, F_GETFD)
            return number > 2 && flags >= 0 && flags & FD_CLOEXEC == 0
        }
    }

    /// Calls `body` with a null-terminated array of C strings, as `posix_spawn` takes it.
    private static func withCStrings<Result>(
        _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
