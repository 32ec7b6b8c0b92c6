import Basics
import Settings
import Signing

/// A key set in a file. Replace the file as a whole (write another file, then rename it), or a reader may see half of
/// it.
public struct KeySetFile: KeySetReader {
    private let path: String

    /// The file at this path.
    public init(path: String) { self.path = path }

    /// Reads the file as it is now.
    public func read() async throws(KeySetUnreachable) -> [UInt8] {
        do throws(BoundedFile.Failure) {
            return try BoundedFile.read(path: path, limit: KeySet.bytesMax)
        } catch {
            throw KeySetUnreachable("The file \(path.quotedForMessage) \(error.reason).")
        }
    }
}
