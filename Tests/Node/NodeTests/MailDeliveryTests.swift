import Accounts
import Basics
import Foundation
import Node
import SMTPClient
import Settings
import TestSupport
import Testing

@Suite("How a node sends mail")
struct MailDeliveryTests {
    private static func settings(_ url: String?) -> MailSettings {
        var settings = MailSettings()
        settings.url = url.map { Secret($0) }
        settings.sender = MailSender("The Game <no-reply@game.example>")
        return settings
    }

    /// A mail with a token, and its token.
    private static func mail(to address: String) throws -> (mail: Mail, token: String) {
        let token = OneTimeToken()
        let email = try #require(EmailAddress(address))
        return (MailTexts(publicURL: "https://game.example").verification(to: email, token: token), token.text)
    }

    @Test("without a server there is none")
    func none() throws {
        #expect(try MailDelivery(Self.settings(nil), logger: quietLogger) == nil)
        #expect(throws: NodeError.self) { try MailDelivery(Self.settings("log:"), logger: quietLogger) }
    }

    @Test("it leaves through the server of the settings, and no log has its token, its address or the password")
    func server() async throws {
        try await MailServer.run { server in
            let log = RecordedLog()
            let login = "player%3Aone:p%40ss%20word%2F%C3%A9@localhost:\(server.port(.login))"
            let url = "smtp://\(login)?tls=on&ca=\(server.certificate)"
            let delivery = try #require(try MailDelivery(Self.settings(url), logger: log.logger))
            try await withRunning({ await delivery.queue.run() }) {
                let (mail, token) = try Self.mail(to: "ada@example.com")
                delivery.send(mail)
                let received = try await server.mails(to: "ada@example.com", count: 1)
                #expect(received[0].token == token && received[0].tls && received[0].login)
                #expect(received[0].text.contains("https://game.example/#verify=\(token)\r\n"))
                let (refused, other) = try Self.mail(to: "never@example.com")
                delivery.send(refused)
                try await eventually("the refusal is told") { log.lines.contains { $0.message == "Mail is not taken" } }
                for secret in [token, other, "example.com", "p@ss", "player"] { #expect(!log.text.contains(secret)) }
            }
        }
    }

    @Test("in development it can be printed")
    func printed() async throws {
        let path = try makeTestFolder("mail") + "/printed"
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        var settings = Self.settings("log:")
        settings.environment = .development
        let output = try #require(FileHandle(forWritingAtPath: path))
        let delivery = try #require(try MailDelivery(settings, logger: quietLogger, output: output))
        try await withRunning({ await delivery.queue.run() }) {
            let (mail, token) = try Self.mail(to: "ada@example.com")
            delivery.send(mail)
            try await eventually("it is printed") {
                let text = try String(contentsOfFile: path, encoding: .utf8)
                return text.hasPrefix("--- mail to ada@example.com\nSubject: ") && text.contains(token)
                    && text.hasSuffix("--- end of mail\n")
            }
        }
    }
}
