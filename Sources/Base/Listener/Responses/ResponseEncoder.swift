import HTTPKit
import NIOCore
import NIOHTTP1
import StrictJSON

/// Writes whole responses into a buffer.
package enum ResponseEncoder {
    /// What a response says about the connection.
    package enum Connection {
        /// Nothing: it stays open, which is the default of HTTP/1.1.
        case implied
        /// It stays open, which is not the default of HTTP/1.0.
        case keepAlive
        /// It closes.
        case close
    }

    /// Appends a response with its `Content-Length` and `Date`. A 101 has neither, and a 204 or 304 has no length (RFC
    /// 9110, 8.6).
    ///
    /// - Parameters:
    ///   - response: the response.
    ///   - out: the buffer.
    ///   - date: the value of `Date`.
    ///   - connection: what the response says about the connection.
    ///   - omitsBody: for HEAD, whose response has the fields of a body but not the body.
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

    /// Appends the head of a response whose body lasts until the end of the connection (RFC 9112, 6.3).
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
