import Foundation
import LocalServers

/// A real SMTP server that keeps the mail it takes: `Tests/SMTP/smtp_server.py`, which also says which recipients it
/// refuses, and how.
public final class MailServer: Sendable {
    /// What one of its ports demands.
    public enum Port: String, Sendable {
        /// No TLS.
        case plain
        /// STARTTLS.
        case startTLS = "starttls"
        /// TLS from the first byte.
        case tls
        /// TLS from the first byte, with a certificate for another name.
        case other
        /// STARTTLS, the user `player:one` and the password `p@ss word/é`.
        case login
        /// It accepts connections, and says nothing.
        case silent
    }

    /// A mail that it took.
    public struct Mail: Decodable, Sendable {
        /// The port.
        public let port: String
        /// The name that the client gave itself.
        public let ehlo: String
        /// The sender of the envelope.
        public let from: String
        /// The recipients of the envelope.
        public let to: [String]
        /// Header and text, with each byte as a character.
        public let data: String
        /// Whether it came by TLS.
        public let tls: Bool
        /// Whether the client had logged in.
        public let login: Bool

        /// The text of a field of the header, as it was sent; nil if there is none.
        public func field(_ name: String) -> String? {
            let head = data.components(separatedBy: "\r\n\r\n")[0].replacingOccurrences(of: "\r\n ", with: "\n ")
            return head.components(separatedBy: "\r\n").first { $0.hasPrefix(name + ": ") }.map {
                String($0.dropFirst(name.count + 2))
            }
        }

        /// What follows the header.
        public var text: String { data.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n") }

        /// The first token in the text; nil if there is none.
        public var token: String? {
            text.range(of: "scm_[A-Za-z0-9_-]{43}", options: .regularExpression).map { String(text[$0]) }
        }
    }

    private let child: ChildProcess
    private let folder: ServerFolder
    private let ports: [String: Int]

    private init(child: ChildProcess, folder: ServerFolder, ports: [String: Int]) {
        (self.child, self.folder, self.ports) = (child, folder, ports)
    }

    /// The number of a port on 127.0.0.1.
    public func port(_ port: Port) -> Int { ports[port.rawValue] ?? 0 }

    /// The file with its certificate, which is for `localhost` and 127.0.0.1.
    public var certificate: String { folder.path + "/cert.pem" }

    /// The file with the certificate of the port `other`.
    public var otherCertificate: String { folder.path + "/other.pem" }

    /// The mails that it has taken.
    public func mails() throws -> [Mail] {
        try String(contentsOfFile: folder.path + "/mails", encoding: .utf8).split(separator: "\n").map {
            try JSONDecoder().decode(Mail.self, from: Data($0.utf8))
        }
    }

    /// The mails to an address.
    public func mails(to address: String) throws -> [Mail] { try mails().filter { $0.to == [address] } }

    /// Waits until an address has got a number of mails, and returns them.
    public func mails(to address: String, count: Int) async throws -> [Mail] {
        try await eventually("\(count) mails have come") { try self.mails(to: address).count >= count }
        return try mails(to: address)
    }

    /// Runs a test with one, and stops it afterwards.
    public static func run(
        isolation: isolated (any Actor)? = #isolation, _ body: (MailServer) async throws -> Void
    ) async throws {
        let server = try await start()
        try await withCleanUp {
            try await body(server)
        } then: {
            await server.stop()
        }
    }

    /// Stops it.
    public func stop() async { await child.stop(SIGKILL, within: .seconds(10)) }

    private static func start() async throws -> MailServer {
        let folder = try ServerFolder(makeTestFolder("smtp"))
        // Debian's own Python has the package of Debian; another one in front of it may not.
        let system = "/usr/bin/python3"
        let python =
            FileManager.default.isExecutableFile(atPath: system)
            ? system : try ExecutableSearch.system.find("python3", install: "apt-get install python3-aiosmtpd")
        let script = Checkout.root.path + "/Tests/SMTP/smtp_server.py"
        let child = try folder.launch(ChildProcess.Command(python, [script, folder.path]))
        do {
            let file = folder.path + "/ports"
            try await eventually("the SMTP server listens", timeout: .seconds(60)) {
                FileManager.default.fileExists(atPath: file)
            }
            let ports = try JSONDecoder().decode([String: Int].self, from: Data(contentsOf: URL(fileURLWithPath: file)))
            return MailServer(child: child, folder: folder, ports: ports)
        } catch {
            await child.stop(SIGKILL, within: .seconds(10))
            throw LocalServerError.startFailed(
                server: "smtp", reason: "\(error)", log: Files.tail(folder.log, lines: 20))
        }
    }
}
