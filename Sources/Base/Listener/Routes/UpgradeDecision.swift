import HTTPKit
import NIOCore
import NIOHTTP1

/// What an upgrade route says to a request.
public enum UpgradeDecision: Sendable {
    /// No upgrade; this is the answer.
    case refuse(FastResponse)
    /// 101 with these fields. `install` runs on the event loop and adds the new handlers behind the HTTP decoder, which
    /// hands them the bytes that it has not read. HTTP leaves the pipeline when `install` has returned; until the
    /// loop's next tick nothing must be written. From then on the connection's limits and end are the new handlers'
    /// affair.
    ///
    /// Only an HTTP/1.1 request with an `Upgrade` field can be upgraded; others are refused whatever the route says.
    case upgrade(fields: [(name: String, value: String)], install: @Sendable (any Channel) throws -> Void)
    /// 200 with these fields, `Date` and `Connection: close`, and a body that ends with the connection. `install` is as
    /// for an upgrade; what the new handlers write is the body. What they read is nothing that they can use, and of any
    /// type: requests that were pipelined, or bytes. The answer to HEAD is these fields alone, and the connection
    /// stays.
    case stream(fields: [(name: String, value: String)], install: @Sendable (any Channel) throws -> Void)
}
