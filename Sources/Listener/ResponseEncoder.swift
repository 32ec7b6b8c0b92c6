import NIOCore
import NIOHTTP1

/// Writes a whole response into one buffer.
enum ResponseEncoder {
    static func encode(_ response: FastResponse, closes: Bool, allocator: ByteBufferAllocator) -> ByteBuffer {
        var out = allocator.buffer(capacity: 256 + response.body.readableBytes)
        if response.status == .ok {
            out.writeStaticString("HTTP/1.1 200 OK\r\n")
        } else {
            out.writeStaticString("HTTP/1.1 ")
            out.writeString(String(response.status.code))
            out.writeStaticString(" ")
            out.writeString(response.status.reasonPhrase)
            out.writeStaticString("\r\n")
        }
        for (name, value) in response.fields {
            out.writeString(name)
            out.writeStaticString(": ")
            out.writeString(value)
            out.writeStaticString("\r\n")
        }
        if response.status != .switchingProtocols {
            out.writeStaticString("Content-Length: ")
            out.writeString(String(response.body.readableBytes))
            out.writeStaticString("\r\nDate: ")
            out.writeString(HTTPDate.now())
            out.writeStaticString(closes ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n")
        } else {
            out.writeStaticString("\r\n")
        }
        out.writeImmutableBuffer(response.body)
        return out
    }
}
