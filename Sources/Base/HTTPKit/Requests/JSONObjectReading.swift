import Basics
import NIOCore
import StrictJSON

extension UnsafeRawBufferPointer {
    /// Reads a body that is one JSON object, strictly: no duplicate keys, and nothing after the object.
    ///
    /// - Parameters:
    ///   - limits: the limits of the object.
    ///   - read: gets each key, and reads the value of a member that it knows. A value that it leaves unread is
    ///     skipped.
    /// - Throws: `invalid_input`, whose details name the member that was being read, or `body` for everything else:
    ///   so no name that a client made up gets into an answer.
    package func readJSONObject(
        limits: JSONLimits = JSONLimits(), _ read: (JSONText, inout JSONReader) throws(JSONError) -> Void
    ) throws(APIError) {
        // In place, since a copy of each name would be an allocation for each longer one.
        var current: JSONText?
        do {
            try JSONReader.object(self, limits: limits) { key, reader throws(JSONError) in
                current = key
                try read(key, &reader)
                current = nil
            }
        } catch {
            throw .invalidInput([FieldProblem(field: current?.string ?? "body", reason: error.message)])
        }
    }
}

extension ByteBuffer {
    /// Reads a body that is one JSON object, in place. See `UnsafeRawBufferPointer.readJSONObject`.
    package func readJSONObject(
        limits: JSONLimits = JSONLimits(), _ read: (JSONText, inout JSONReader) throws(JSONError) -> Void
    ) throws(APIError) {
        let outcome = withUnsafeReadableBytes { bytes in
            Result { () throws(APIError) in try bytes.readJSONObject(limits: limits, read) }
        }
        try outcome.get()
    }
}
