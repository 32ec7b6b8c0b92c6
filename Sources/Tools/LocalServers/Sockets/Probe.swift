import Foundation

/// Asks a server over its own protocol whether it is ready. Another server on the same port does not count.
enum Probe {
    private static let timeout = Duration.milliseconds(500)

    /// Whether the Redis on this port is the process `pid`, has loaded its data, and takes commands.
    static func redis(port: Int, pid: pid_t) -> Bool {
        guard let socket = try? LoopbackSocket(port: port, timeout: timeout) else { return false }
        // Inline commands in one write; QUIT ends the stream, so that reading ends too.
        guard (try? socket.send(Array("PING\r\nINFO server\r\nQUIT\r\n".utf8))) != nil else { return false }
        let reply = text(of: socket, bytes_max: 64 * 1024)
        return reply.hasPrefix("+PONG") && reply.contains("process_id:\(pid)\r\n")
    }

    /// Whether the Postgres of this data folder is the process `pid` and takes connections on the port.
    ///
    /// - Parameter data: its data folder. The server itself writes `postmaster.pid` there: the process id on line 1,
    ///   and its state on line 8.
    static func postgres(port: Int, pid: pid_t, data: String) -> Bool {
        guard let file = try? String(contentsOfFile: data + "/postmaster.pid", encoding: .utf8) else { return false }
        let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 8, lines[0] == "\(pid)", lines[7].hasPrefix("ready") else { return false }
        guard let socket = try? LoopbackSocket(port: port, timeout: timeout) else { return false }
        guard (try? socket.send(startupMessage(user: LocalPostgres.role, database: "postgres"))) != nil else {
            return false
        }
        // `R`: it authenticates us, or already has. `E`: it is starting up, stopping or full.
        let answer = try? socket.receive(bytes_max: 1)
        return answer == [UInt8(ascii: "R")]
    }

    /// The first message of the frontend/backend protocol 3.0.
    private static func startupMessage(user: String, database: String) -> [UInt8] {
        var body: [UInt8] = [0, 3, 0, 0]
        for text in ["user", user, "database", database] { body += Array(text.utf8) + [0] }
        body.append(0)
        let length = UInt32(body.count + 4).bigEndian
        return withUnsafeBytes(of: length) { Array($0) } + body
    }

    private static func text(of socket: LoopbackSocket, bytes_max: Int) -> String {
        var bytes: [UInt8] = []
        while bytes.count < bytes_max, let more = try? socket.receive() { bytes += more }
        return String(decoding: bytes, as: UTF8.self)
    }
}
