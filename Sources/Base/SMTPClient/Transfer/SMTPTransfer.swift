import Basics
import CCurl
import Foundation
import Synchronization

/// One mail on its way to a server. `run()` is called once, on a thread that may block.
final class SMTPTransfer: Sendable {
    private let server: SMTPServer
    private let from: EmailAddress
    private let to: EmailAddress
    private let bytes: [UInt8]
    private let connectTimeout: Duration
    private let timeout: Duration
    private let isCancelled = Atomic(false)
    /// How many of `bytes` libcurl has read. Only the thread of `run()` uses it.
    private let position = Atomic(0)

    /// libcurl's own start, once in the process.
    private static let isStarted = scorecast_curl_start() == CURLE_OK

    init(
        server: SMTPServer, from: EmailAddress, to: EmailAddress, bytes: [UInt8], connectTimeout: Duration,
        timeout: Duration
    ) {
        self.server = server
        self.from = from
        self.to = to
        self.bytes = bytes
        self.connectTimeout = connectTimeout
        self.timeout = timeout
    }

    /// Ends the transfer within about a second, if it runs.
    func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Sends the mail.
    func run() -> Result<Void, SMTPError> {
        guard Self.isStarted, let handle = curl_easy_init() else {
            return .failure(SMTPError(.other, reason: "libcurl cannot be started"))
        }
        defer { curl_easy_cleanup(handle) }
        guard let recipients = curl_slist_append(nil, "<\(to.text)>") else {
            return .failure(SMTPError(.other, reason: "out of memory"))
        }
        defer { curl_slist_free_all(recipients) }
        for step in [address, identity, protection, limits] {
            let code = step(handle)
            if code != CURLE_OK { return .failure(Self.error(code, reply: 0)) }
        }
        var code = scorecast_curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients)
        if code == CURLE_OK { code = content(handle) }
        // The pointers that `content` gave away point to this object.
        if code == CURLE_OK { code = withExtendedLifetime(self) { curl_easy_perform(handle) } }
        guard code != CURLE_OK else { return .success(()) }
        return .failure(Self.error(code, reply: scorecast_curl_response_code(handle)))
    }

    // MARK: Options

    /// The name that the client gives itself is the domain that the mail comes from: that of a container says nothing.
    private func address(_ handle: OpaqueHandle) -> CURLcode {
        let scheme = server.security == .tls ? "smtps" : "smtp"
        return first([
            { scorecast_curl_allow_only_smtp(handle) },
            {
                scorecast_curl_set_text(
                    handle, CURLOPT_URL, "\(scheme)://\(self.server.host):\(self.server.port)/\(self.from.domain)")
            },
            // An empty name leaves proxies out, also those of the environment.
            { scorecast_curl_set_text(handle, CURLOPT_PROXY, "") },
            { scorecast_curl_set_long(handle, CURLOPT_NETRC, 0) },
        ])
    }

    private func identity(_ handle: OpaqueHandle) -> CURLcode {
        var steps = [{ scorecast_curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(self.from.text)>") }]
        if let login = server.login {
            steps += [
                { scorecast_curl_set_text(handle, CURLOPT_USERNAME, login.user) },
                { scorecast_curl_set_text(handle, CURLOPT_PASSWORD, login.password) },
            ]
        }
        return first(steps)
    }

    private func protection(_ handle: OpaqueHandle) -> CURLcode {
        let usesTLS: curl_usessl = server.security == .none ? CURLUSESSL_NONE : CURLUSESSL_ALL
        var steps = [
            { scorecast_curl_set_long(handle, CURLOPT_USE_SSL, Int(usesTLS.rawValue)) },
            { scorecast_curl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)) },
            { scorecast_curl_set_long(handle, CURLOPT_SSL_VERIFYPEER, 1) },
            { scorecast_curl_set_long(handle, CURLOPT_SSL_VERIFYHOST, 2) },
        ]
        if let file = server.authorities {
            steps.append({ scorecast_curl_set_text(handle, CURLOPT_CAINFO, file) })
        }
        return first(steps)
    }

    private func limits(_ handle: OpaqueHandle) -> CURLcode {
        first([
            // Signals would interrupt other threads.
            { scorecast_curl_set_long(handle, CURLOPT_NOSIGNAL, 1) },
            {
                scorecast_curl_set_long(
                    handle, CURLOPT_CONNECTTIMEOUT_MS, Int(self.connectTimeout.wholeMilliseconds))
            },
            { scorecast_curl_set_long(handle, CURLOPT_TIMEOUT_MS, Int(self.timeout.wholeMilliseconds)) },
            { scorecast_curl_set_long(handle, CURLOPT_FORBID_REUSE, 1) },
            { scorecast_curl_discard_output(handle) },
        ])
    }

    private func content(_ handle: OpaqueHandle) -> CURLcode {
        let context = Unmanaged.passUnretained(self).toOpaque()
        return first([
            { scorecast_curl_set_long(handle, CURLOPT_UPLOAD, 1) },
            {
                scorecast_curl_set_reader(
                    handle,
                    { buffer, size, count, context in
                        guard let buffer, let context else { return 0 }
                        let transfer = Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
                        return transfer.read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
                    }, context)
            },
            {
                scorecast_curl_set_watcher(
                    handle,
                    { context, _, _, _, _ in
                        guard let context else { return 0 }
                        let transfer = Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
                        return transfer.isCancelled.load(ordering: .relaxed) ? 1 : 0
                    }, context)
            },
        ])
    }

    private func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let start = position.load(ordering: .relaxed)
        let part = bytes[start...].prefix(buffer.count)
        buffer.copyBytes(from: part)
        position.store(start + part.count, ordering: .relaxed)
        return part.count
    }

    /// Runs the steps up to the first that fails.
    private func first(_ steps: [() -> CURLcode]) -> CURLcode {
        for step in steps {
            let code = step()
            if code != CURLE_OK { return code }
        }
        return CURLE_OK
    }

    // MARK: Errors

    private static func error(_ code: CURLcode, reply: Int) -> SMTPError {
        let reason = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_ABORTED_BY_CALLBACK: return SMTPError(.cancelled, reason: reason)
        case CURLE_OPERATION_TIMEDOUT: return SMTPError(.timeout, reason: reason)
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: return SMTPError(.connection, reason: reason)
        case CURLE_LOGIN_DENIED: return SMTPError(.login, reply: reply == 0 ? nil : reply, reason: reason)
        case CURLE_USE_SSL_FAILED, CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED:
            return SMTPError(.tls, reason: reason)
        default: break
        }
        switch reply {
        case 400..<500: return SMTPError(.deferred, reply: reply, reason: "the server does not want it now")
        case 500..<600: return SMTPError(.refused, reply: reply, reason: "the server does not want it")
        default: break
        }
        switch code {
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR: return SMTPError(.closed, reason: reason)
        default: return SMTPError(.other, reason: reason)
        }
    }
}

/// libcurl's handle of a transfer.
private typealias OpaqueHandle = UnsafeMutableRawPointer
