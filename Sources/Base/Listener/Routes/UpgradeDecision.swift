import HTTPKit
import NIOCore
import NIOHTTP1

/// The answer of an upgrade route to a request.
public enum UpgradeDecision: Sendable {
    /// No upgrade; this is the answer.
    case refuse(FastResponse)
    /// 101 with these fields. `install` runs on the event loop and adds the new handlers after the HTTP decoder, which
    /// hands them the bytes that it has not read. HTTP leaves the pipeline when `install` has returned; nothing must be
    /// written before the loop's next tick. From then on the new handlers keep the connection's limits, and end it.
    ///
    /// Only an HTTP/1.1 request with an `Upgrade` field can be upgraded; others are refused whatever the route says.
    case upgrade(fields: [(name: String, value: String)], install: @Sendable (any Channel) throws -> Void)
    /// 200 with these fields, `Date` and `Connection: close`, and a body that ends with the connection. `install` is as
    /// for an upgrade; the new handlers write the body. They may read parts of pipelined requests, or bytes, and must
    /// ignore both. The answer to HEAD is these fields alone, and the connection stays.
    case stream(fields: [(name: String, value: String)], install: @Sendable (any Channel) throws -> Void)
}
