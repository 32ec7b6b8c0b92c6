import HTTPKit
import NIOCore

/// The entries of `X-Forwarded-For`.
enum ForwardedFor {
    /// The addresses (4 or 16 bytes) of the entries, the last one first; nil for an entry that is not an address.
    ///
    /// - Parameter fields: the field's values, in their order.
    static func entries(_ fields: [String]) -> some Sequence<[UInt8]?> {
        fields.reversed().lazy.flatMap { field in
            field.split(separator: ",").reversed().lazy.map(\.withoutSpace).filter { !$0.isEmpty }
                .map { NodeAddress.bytes(of: $0) }
        }
    }
}
