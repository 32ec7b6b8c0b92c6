import CLibPQ
import Logging

/// Where the server's notices go: libpq would print them to standard error.
final class NoticeSink: Sendable {
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// The link keeps the sink alive for as long as the connection, so that libpq's pointer to it stays good.
    func attach(to pointer: OpaquePointer) {
        PQsetNoticeReceiver(
            pointer,
            { context, result in
                guard let context, let result else { return }
                Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue().receive(result)
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    private func receive(_ result: OpaquePointer) {
        func field(_ field: DiagnosticField) -> String {
            PQresultErrorField(result, field.code).map { String(cString: $0) } ?? ""
        }
        logger.debug(
            "Postgres sent a notice",
            metadata: ["severity": "\(field(.severity))", "message": "\(field(.message))"])
    }
}
