import Basics
import Foundation
import SMTPClient
import TestSupport
import Testing

@Suite("Mail to a real server")
struct SMTPClientTests {
    private static func mail(_ to: String, subject: String = "Hello", text: String = "One line.\n") throws
        -> OutgoingMail
    {
        OutgoingMail(to: try #require(EmailAddress(to)), subject: subject, text: text)
    }

    private static func client(
        _ url: String, from: String = "no-reply@game.example", whole: Duration = SMTPClient.timeout
    ) throws -> SMTPClient {
        SMTPClient(
            server: try SMTPServer(url: url), sender: try #require(MailSender(from)),
            times: (connect: min(whole, SMTPClient.connectTimeout), whole: whole))
    }

    private static func error(_ client: SMTPClient, _ mail: OutgoingMail) async throws -> SMTPError {
        do throws(SMTPError) {
            try await client.send(mail)
        } catch {
            return error
        }
        throw NotRefused()
    }

    private struct NotRefused: Error {}

    private static let encodedLogin = "player%3Aone:p%40ss%20word%2F%C3%A9"

    @Test("it arrives as it was written, by plain SMTP, STARTTLS, TLS, and with a password")
    func arrives() async throws {
        try await MailServer.run { server in
            let trust = "ca=\(server.certificate)"
            let urls: [(MailServer.Port, String)] = [
                (.plain, "smtp://127.0.0.1:\(server.port(.plain))"),
                (.startTLS, "smtp://localhost:\(server.port(.startTLS))?tls=on&\(trust)"),
                (.tls, "smtps://127.0.0.1:\(server.port(.tls))?\(trust)"),
                (.login, "smtp://\(Self.encodedLogin)@localhost:\(server.port(.login))?tls=on&\(trust)"),
            ]
            let text = "Line one.\n.\n..two\r\nthree\rfour\n\n\(String(repeating: "x", count: 900))\nlast"
            for (port, url) in urls {
                let address = "ok.\(port.rawValue)@example.com"
                try await Self.client(url, from: "The Game <no-reply@game.example>").send(
                    try Self.mail(address, subject: "A subject", text: text))
                let mail = try #require(try server.mails(to: address).first)
                #expect(mail.from == "no-reply@game.example" && mail.ehlo == "game.example")
                #expect(mail.tls == (port != .plain) && mail.login == (port == .login))
                #expect(mail.field("To") == address && mail.field("Subject") == "A subject")
                #expect(mail.field("From") == "\"The Game\" <no-reply@game.example>")
                #expect(mail.field("Message-ID")?.hasSuffix("@game.example>") == true)
                #expect(mail.field("Date")?.hasSuffix(" +0000") == true)
                let lines =
                    "Line one.\r\n.\r\n..two\r\nthree\r\nfour\r\n\r\n\(String(repeating: "x", count: 900))\r\nlast\r\n"
                #expect(mail.text == lines)
            }
        }
    }

    @Test("nothing that is not ASCII is sent as it is, and no text adds a field")
    func encoded() async throws {
        try await MailServer.run { server in
            let client = try Self.client("smtp://127.0.0.1:\(server.port(.plain))", from: "Spiel é <a@game.example>")
            let subject = "Grüße\r\nBcc: evil@example.com\r\n\r\nbody " + String(repeating: "语", count: 60)
            let text = "Grüße, \(String(repeating: "é=", count: 60)) \nend \n"
            try await client.send(try Self.mail("ok@example.com", subject: subject, text: text))
            let mail = try #require(try server.mails().first)
            #expect(mail.to == ["ok@example.com"] && mail.field("Bcc") == nil)
            #expect(mail.data.utf8.allSatisfy { $0 < 0x7f })
            #expect(mail.data.components(separatedBy: "\r\n").allSatisfy { $0.count <= 78 })
            // Python's own reader of mail says what a reader sees.
            let read = try Self.pythonReads(mail.data)
            let shown = subject.replacing("\r\n", with: "  ")
            #expect(read == shown + "|" + "Spiel é <a@game.example>" + "|" + text)
        }
    }

    /// Subject, sender and text, as Python's `email` reads them.
    private static func pythonReads(_ data: String) throws -> String {
        let file = try makeTestFolder("mail") + "/mail"
        try Data(data.utf8).write(to: URL(fileURLWithPath: file))
        let program = """
            import email.header, email.policy, sys
            mail = email.message_from_bytes(open(sys.argv[1], 'rb').read(), policy=email.policy.compat32)
            def plain(text): return str(email.header.make_header(email.header.decode_header(text)))
            text = mail.get_payload(decode=True).decode().replace('\\r\\n', '\\n')
            sys.stdout.write('|'.join([plain(mail['Subject']), plain(mail['From']), text]))
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program, file]
        process.environment = ["PATH": "/usr/bin:/bin:/usr/local/bin", "PYTHONIOENCODING": "utf-8:strict"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("certificates are checked, and TLS that is demanded is not left out")
    func protection() async throws {
        try await MailServer.run { server in
            let untrusted = [
                "smtps://localhost:\(server.port(.tls))", "smtp://localhost:\(server.port(.startTLS))?tls=on",
                // No STARTTLS there.
                "smtp://localhost:\(server.port(.plain))?tls=on&ca=\(server.certificate)",
                "smtps://localhost:\(server.port(.tls))?ca=/no/such/file",
                // The certificate is for another name.
                "smtps://localhost:\(server.port(.other))?ca=\(server.otherCertificate)",
            ]
            for url in untrusted {
                let error = try await Self.error(Self.client(url), Self.mail("ok@example.com"))
                #expect(error.kind == .tls, "\(url): \(error)")
            }
            let wrong = "smtp://player%3Aone:guess@localhost:\(server.port(.login))?tls=on&ca=\(server.certificate)"
            #expect(try await Self.error(Self.client(wrong), Self.mail("ok@example.com")).kind == .login)
            #expect(try server.mails().isEmpty)
        }
    }

    @Test("each failure has its kind, and none shows an address")
    func failures() async throws {
        try await MailServer.run { server in
            let client = try Self.client("smtp://127.0.0.1:\(server.port(.plain))")
            let expected: [(String, SMTPError.Kind, Int?, Bool)] = [
                ("busy", .deferred, 450, true), ("never", .refused, 550, false), ("unread", .refused, 554, false),
                ("close", .closed, nil, true),
            ]
            for (name, kind, reply, isWorthRetry) in expected {
                let error = try await Self.error(client, Self.mail("\(name)@example.com"))
                #expect(error.kind == kind && error.reply == reply, "\(name): \(error)")
                #expect(error.isWorthRetry == isWorthRetry && !"\(error)".contains("example.com"))
            }
            let impatient = Duration.milliseconds(700)
            for port in [MailServer.Port.plain, .silent] {
                let slow = try Self.client("smtp://127.0.0.1:\(server.port(port))", whole: impatient)
                #expect(try await Self.error(slow, Self.mail("slow@example.com")).kind == .timeout)
            }
            let dead = try Self.client("smtp://127.0.0.1:1")
            #expect(try await Self.error(dead, Self.mail("ok@example.com")).kind == .connection)
            let unknown = try Self.client("smtp://no-such-host.invalid")
            #expect(try await Self.error(unknown, Self.mail("ok@example.com")).kind == .connection)
        }
    }

    @Test("a cancelled transfer ends at once")
    func cancelled() async throws {
        try await MailServer.run { server in
            let client = try Self.client("smtp://127.0.0.1:\(server.port(.silent))")
            let mail = try Self.mail("ok@example.com")
            let start = ContinuousClock.now
            let task = Task { try await Self.error(client, mail).kind }
            task.cancel()
            #expect(try await task.value == .cancelled)
            #expect(ContinuousClock.now - start < .seconds(5))
        }
    }
}
