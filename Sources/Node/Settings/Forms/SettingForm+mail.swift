import SMTPClient

/// The URL that prints mail instead of sending it.
package let printedMailURL = "log:"

extension SettingForm where Value == Secret<String>? {
    /// The URL of a mail server, or `log:`.
    package static var mailURL: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                guard text.utf8.count <= 8_192 else { throw SettingRejection("is longer than 8192 bytes") }
                guard text != printedMailURL else { return Secret(text) }
                do throws(SMTPServer.Problem) {
                    _ = try SMTPServer(url: text)
                } catch {
                    throw SettingRejection(error.reason)
                }
                return Secret(text)
            },
            render: { $0?.description },
            values: "`smtp://`, `smtps://`, `log:`",
            edges: SettingEdges(
                accepted: ["smtp://h", "smtps://h", "smtp://u:p@h:1", "smtps://u:p@h:65535/?ca=/f"],
                refused: ["http://h", "smtp://h:0", "smtp://h:65536", "smtp://u:p@h?tls=off"]))
    }
}

extension SettingForm where Value == MailSender? {
    /// `name@example.com` or `Some Name <name@example.com>`.
    package static var mailSender: Self {
        SettingForm(
            parse: { text throws(SettingRejection) in
                guard let sender = MailSender(text) else { throw SettingRejection(MailSender.refusal) }
                return sender
            },
            render: { $0?.text },
            values: "`name@example.com`, `Some Name <name@example.com>`",
            edges: SettingEdges(
                accepted: ["a@b.c", "\(String(repeating: "x", count: 64)) <a@b.c>"],
                refused: ["a@b", "\(String(repeating: "x", count: 65)) <a@b.c>"]))
    }
}

extension SettingForm where Value == String? {
    /// The URL of a page, to which a fragment can be added.
    package static var pageURL: Self {
        let limit = 1_024
        return SettingForm(
            parse: { text throws(SettingRejection) in
                guard text.utf8.count <= limit, let rest = urlRest(text, schemes: ["https", "http"]),
                    isAuthority(rest.prefix { $0 != "/" }), !rest.contains(where: { "?#\"<>\\^`{|}".contains($0) })
                else {
                    throw SettingRejection("is not an http or https URL without user, query and fragment")
                }
                return text
            },
            render: { $0 },
            values: "`https` or `http` URL",
            edges: SettingEdges(
                accepted: ["http://h", "https://h/" + String(repeating: "x", count: limit - 10)],
                refused: ["https://h?x", "https://h/" + String(repeating: "x", count: limit - 9)]))
    }
}
