import Foundation

/// The files of one Postgres server and the programs that work on them.
struct PostgresCluster: Sendable {
    let folder: ServerFolder
    /// The data folder (`PGDATA`).
    let data: String
    let socketFolder: String?
    /// The password of the role; nil if every client is trusted.
    private(set) var password: String?

    private let programs: String
    private let account: UnixUser?
    private let search: ExecutableSearch
    private var passwordFile: String { folder.path + "/password" }

    init(_ settings: LocalPostgres.Settings, folder: ServerFolder) throws {
        self.folder = folder
        data = folder.path + "/data"
        socketFolder = try settings.unixSocket ? Self.socketFolder(in: folder) : nil
        search = settings.search
        programs = try Self.programs(search, data: data)
        account = try UnixUser.unprivileged(named: "postgres", install: Install.postgres)
    }

    /// Makes the cluster, if it is not there, and reads the password.
    mutating func prepare(_ settings: LocalPostgres.Settings) async throws {
        if let socketFolder {
            try Files.makeFolder(socketFolder)
            try Files.setMode(socketFolder, 0o700)
            try Files.setOwner(socketFolder, account)
        }
        if !Files.exists(data) { try await makeCluster(settings) }
        guard Files.exists(passwordFile) else { return }
        let text = Files.tail(passwordFile)
        guard !text.isEmpty else {
            throw LocalServerError.invalid("\(passwordFile) cannot be read, or is empty.")
        }
        password = text
    }

    /// The command that runs the server in the foreground.
    func serverCommand(_ settings: LocalPostgres.Settings, port: Int) throws -> ChildProcess.Command {
        var parameters = [
            "listen_addresses": "127.0.0.1",
            "port": "\(port)",
            "unix_socket_directories": socketFolder ?? "",
            "max_connections": "\(settings.maxConnections)",
            "logging_collector": "off",
            "log_destination": "stderr",
            "log_timezone": "UTC",
            "timezone": "UTC",
        ]
        if !settings.fsync {
            // Commits still reach the system's cache before the reply, so that a killed server loses none.
            parameters["fsync"] = "off"
            parameters["full_page_writes"] = "off"
        }
        parameters.merge(settings.parameters) { _, new in new }
        let arguments = parameters.sorted { $0.key < $1.key }.flatMap { ["-c", "\($0.key)=\($0.value)"] }
        return try asAccount("postgres", ["-D", data] + arguments)
    }

    /// Runs SQL as the role and returns the bare rows.
    func psql(_ sql: String, port: Int, database: String) async throws -> String {
        var environment = ChildProcess.Command.plainEnvironment()
        environment["PGPASSWORD"] = password
        environment["PGCONNECT_TIMEOUT"] = "10"
        let arguments = [
            "--no-psqlrc", "--quiet", "--no-align", "--tuples-only", "--no-password", "--set", "ON_ERROR_STOP=1",
            "--host", "127.0.0.1", "--port", "\(port)", "--username", LocalPostgres.role, "--dbname", database,
            "--command", sql,
        ]
        let command = ChildProcess.Command(programs + "/psql", arguments, environment: environment)
        return try await ChildProcess.run(command, within: .seconds(60))
    }

    /// Makes the cluster under another name and renames it when it is complete: after a crash in between, nothing looks
    /// like a cluster.
    private func makeCluster(_ settings: LocalPostgres.Settings) async throws {
        let draft = data + ".new"
        if Files.exists(draft) { try FileManager.default.removeItem(atPath: draft) }
        if let template = settings.template {
            try await ChildProcess.run(ChildProcess.Command("/bin/cp", ["-a", template, draft]), within: .seconds(60))
        } else {
            try Files.makeFolder(draft)
            try Files.setMode(draft, 0o700)
            try Files.setOwner(draft, account)
            var arguments = ["-D", draft, "--username=\(LocalPostgres.role)", "--encoding=UTF8", "--locale=C"]
            switch settings.authentication {
            case .trust:
                arguments.append("--auth=trust")
            case .password:
                try Files.writePrivate(Self.randomPassword() + "\n", to: passwordFile, owner: account)
                arguments += ["--auth=scram-sha-256", "--pwfile=\(passwordFile)"]
            }
            if !settings.fsync { arguments.append("--no-sync") }
            try await ChildProcess.run(asAccount("initdb", arguments), within: .seconds(120))
        }
        guard rename(draft, data) == 0 else {
            throw LocalServerError.system(call: "rename", subject: draft, code: errno)
        }
    }

    private func asAccount(_ program: String, _ arguments: [String]) throws -> ChildProcess.Command {
        let command = ChildProcess.Command("\(programs)/\(program)", arguments)
        return try account?.command(command, path: data, search: search) ?? command
    }

    /// The folder with Postgres' programs: of the version that made the data, else the first one found.
    private static func programs(_ search: ExecutableSearch, data: String) throws -> String {
        // A link in PATH may exist for the server only; all programs are in the folder that it points to.
        let folders = try search.all("postgres").map { path in
            (try Files.realPath(path) as NSString).deletingLastPathComponent
        }
        let whole = folders.filter { folder in
            ["initdb", "psql"].allSatisfy { FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)") }
        }
        guard let first = whole.first else {
            throw LocalServerError.missingExecutable(name: "postgres", install: Install.postgres)
        }
        let version = Files.tail(data + "/PG_VERSION", lines: 1)
        let parts = { (folder: String) in folder.split { $0 == "/" || $0 == "@" } }
        return whole.first { !version.isEmpty && parts($0).contains(Substring(version)) } ?? first
    }

    /// The folder of the Unix socket. The socket's own name is at most `.s.PGSQL.65535`.
    private static func socketFolder(in folder: ServerFolder) throws -> String {
        let path = folder.path + "/socket"
        _ = try checkedSocketPath(path + "/.s.PGSQL.65535")
        return path
    }

    /// 192 random bits.
    private static func randomPassword() -> String {
        var generator = SystemRandomNumberGenerator()
        return (0..<24).map { _ in
            let byte = UInt8.random(in: .min ... .max, using: &generator)
            return String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
