/// Why a mail was not sent. It names neither the mail's addresses nor the server's words, which may repeat them.
package struct SMTPError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds, as metrics name them.
    package enum Kind: String, CaseIterable, Sendable {
        /// The server does not want it now (4xx).
        case deferred
        /// The server does not want it at all (5xx).
        case refused
        /// The server does not let this client in.
        case login
        /// No TLS, or a certificate that is not trusted.
        case tls
        /// There is no connection.
        case connection
        /// The server took too long.
        case timeout
        /// The connection ended before the mail was taken.
        case closed
        /// The sender ended it.
        case cancelled
        /// Anything else, most likely a mistake in the settings.
        case other
    }

    package let kind: Kind
    /// The server's last reply (RFC 5321, 4.2); nil if that does not explain the failure.
    package let reply: Int?
    /// The words of the library for it.
    package let reason: String

    package init(_ kind: Kind, reply: Int? = nil, reason: String) {
        self.kind = kind
        self.reply = reply
        self.reason = reason
    }

    /// Whether the same mail may be taken later.
    package var isWorthRetry: Bool {
        switch kind {
        case .deferred, .tls, .connection, .timeout, .closed: true
        case .refused, .login, .cancelled, .other: false
        }
    }

    /// For operators.
    package var description: String { "\(kind.rawValue)\(reply.map { " \($0)" } ?? ""): \(reason)" }
}
