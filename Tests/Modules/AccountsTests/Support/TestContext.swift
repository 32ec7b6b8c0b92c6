import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// The context of a request that comes from an address, without a connection.
struct TestContext: RemoteAddressRequestContext {
    struct Source: RequestContextSource {
        let logger: Logger
        let address: SocketAddress
    }

    /// Gathers the body of an answer.
    struct Collector: ResponseBodyWriter {
        let bytes: NIOLockedValueBox<ByteBuffer>
        func write(_ buffer: ByteBuffer) async throws { bytes.withLockedValue { _ = $0.writeImmutableBuffer(buffer) } }
        consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
    }

    var coreContext: CoreRequestContextStorage
    let remoteAddress: SocketAddress?

    init(source: Source) {
        coreContext = CoreRequestContextStorage(source: source)
        remoteAddress = source.address
    }
}
