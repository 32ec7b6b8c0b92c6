import Basics
import SMTPClient
import Testing

@Suite("The URL of a mail server")
struct SMTPServerTests {
    private static func server(_ url: String) throws(SMTPServer.Problem) -> SMTPServer { try SMTPServer(url: url) }

    @Test("TLS is demanded, but not towards this machine")
    func security() throws {
        #expect(try Self.server("smtp://mail.example.com").security == .startTLS)
        #expect(try Self.server("smtp://mail.example.com").port == 587)
        #expect(try Self.server("SMTPS://mail.example.com/").security == .tls)
        #expect(try Self.server("smtps://mail.example.com").port == 465)
        #expect(try Self.server("smtp://10.0.0.5:25?tls=off").security == .none)
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.9.9.9", "[::1]"] {
            #expect(try Self.server("smtp://\(host):2525").security == .none)
            #expect(try Self.server("smtp://\(host):2525?tls=on").security == .startTLS)
        }
        for host in ["127.0.0.1.example.com", "localhost.example.com", "127.1", "[::2]", "127.0.0.256"] {
            #expect(try Self.server("smtp://\(host)").security == .startTLS, "\(host)")
        }
    }

    @Test("user and password are percent-encoded, and never shown")
    func login() throws {
        let server = try Self.server(
            "smtp://player%3Aone:p%40ss%20word%2F%C3%A9@mail.example.com:2587?ca=/etc/my%20ca.pem")
        #expect(server.host == "mail.example.com" && server.port == 2587 && server.authorities == "/etc/my ca.pem")
        var shown = ""
        dump(server, to: &shown)
        #expect(!"\(server)\(shown)".contains("player") && !"\(server)\(shown)".contains("ss word"))
    }

    @Test(
        "what is not right is refused, and not repeated",
        arguments: [
            "http://sesame", "smtp://", "smtp://:25", "smtp://sesame:0", "smtp://sesame:65536", "smtp://sesame:25x",
            "smtp://sesame/path", "smtp://user@sesame", "smtp://:pass@sesame", "smtp://u:p%zz@sesame",
            "smtp://u:p%0d%0aRSET@sesame", "smtp://u:p%00@sesame", "smtp://u:p%ff@sesame", "smtp://a b",
            "smtp://sesame?tls=maybe", "smtp://sesame?tls=on&tls=off", "smtps://sesame?tls=off", "smtp://sesame?ca=x",
            "smtp://sesame?verify=off", "smtp://u:p@sesame?tls=off", "smtp://sesame#x", "smtp://u:p@x@sesame",
            "smtp://[::1", "smtp://[sesame]", "smtp://-sesame", "smtp://u:p/x@sesame", "smtp://sesame\r\nx", "sesame",
            "log:", "smtp://exämple.com",
        ])
    func refused(url: String) {
        let problem = #expect(throws: SMTPServer.Problem.self) { try Self.server(url) }
        #expect(problem?.reason.contains("sesame") == false)
    }

    @Test("a sender is an address, with or without a name")
    func sender() throws {
        #expect(MailSender("a@b.example")?.text == "a@b.example")
        let named = try #require(MailSender("The Game, Ltd. é <no-reply@b.example>"))
        #expect(named.name == "The Game, Ltd. é" && named.address.text == "no-reply@b.example")
        let refused = [
            "", "a", "a@b", "<a@b.example>", "x\r\ny <a@b.example>", "x <a@b.example>\n", "\"x\" <a@b.example>",
            "x <a@b.example> <c@d.example>", "x\u{0} <a@b.example>",
        ]
        for text in refused { #expect(MailSender(text) == nil, "\(text.debugDescription)") }
    }
}
