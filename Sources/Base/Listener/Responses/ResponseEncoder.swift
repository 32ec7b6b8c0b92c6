import HTTPKit
import NIOCore
import NIOHTTP1
import StrictJSON

/// Writes whole responses.
enum ResponseEncoder {
    /// What a response says of the connection.
    enum Connection {
        /// Nothing: it stays, as HTTP/1.1 has it.
        case implied
        /// It stays, which HTTP/1.0 does not expect.
        case keepAlive
        case close
    }

    /// Appends a response with its `Content-Length` and `Date`; 101 has neither, and 204 and 304 have no length
    /// (RFC 9110, 8.6).
    ///
    /// - Parameter omitsBody: for HEAD, whose response has the fields of a body but not the body.
    static func append(
        _ response: FastResponse, to out: inout ByteBuffer, date: String, connection: Connection, omitsBody: Bool
    ) {
        out.reserveCapacity(minimumWritableBytes: 256 + response.body.readableBytes)
        appendStatusLine(response.status, to: &out)
        append(response.fields, to: &out)
        guard response.status != .switchingProtocols else {
            out.writeStaticString("\r\n")
            return
        }
        let hasBody = response.status.mayHaveResponseBody
        if hasBody, !response.lengthIsUnknown {
            out.writeStaticString("Content-Length: ")
            out.appendJSON(response.body.readableBytes)
            out.writeStaticString("\r\n")
        }
        out.writeStaticString("Date: ")
        out.writeString(date)
        switch connection {
        case .implied: out.writeStaticString("\r\n\r\n")
        case .keepAlive: out.writeStaticString("\r\nConnection: keep-alive\r\n\r\n")
        case .close: out.writeStaticString("\r\nConnection: close\r\n\r\n")
        }
        if hasBody, !omitsBody { out.writeImmutableBuffer(response.body) }
    }

    /// Appends the head of a response whose body is what follows, up to the end of the connection (RFC 9112, 6.3).
    static func appendStreamHead(_ fields: [(name: String, value: String)], to out: inout ByteBuffer, date: String) {
        appendStatusLine(.ok, to: &out)
        append(fields, to: &out)
        out.writeStaticString("Date: ")
        out.writeString(date)
        out.writeStaticString("\r\nConnection: close\r\n\r\n")
    }

    private static func append(_ fields: [(name: String, value: String)], to out: inout ByteBuffer) {
        for (name, value) in fields {
            out.writeString(name)
            out.writeStaticString(": ")
            out.writeString(value)
            out.writeStaticString("\r\n")
        }
    }

    private static func appendStatusLine(_ status: HTTPResponseStatus, to out: inout ByteBuffer) {
        if case .ok = status {
            out.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            out.writeStaticString("HTTP/1.1 ")
            out.appendJSON(status.code)
            out.writeStaticString(" ")
            out.writeString(status.reasonPhrase)
            out.writeStaticString("\r\n")
        }
    }
}
