import Foundation
import Synchronization
import Telemetry
import Testing

/// Keeps the lines that a handler writes.
package final class CapturedLog: Sendable {
    private let written = Mutex<[[UInt8]]>([])

    package init() {}

    package var sink: LogSink {
        LogSink { line in
            self.written.withLock { $0.append(line) }
            return true
        }
    }

    package var lines: [[UInt8]] { written.withLock { $0 } }
    package var texts: [String] { lines.map { String(decoding: $0, as: UTF8.self) } }

    /// Returns a line as JSON, or nil if it is not JSON.
    package func object(_ index: Int = 0) throws -> [String: Any] {
        let line = try #require(lines.indices.contains(index) ? lines[index] : nil)
        return try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
    }
}
