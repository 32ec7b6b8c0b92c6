import Access
import Basics
import Leaderboard
import Signing
import StrictJSON

/// The API keys in the form in which nodes publish them in Redis: JSON, and a tag that identifies it.
package enum APIKeyCodec {
    private static let limits = JSONLimits(
        maxDepth: 8, maxMembers: 64, maxElements: APIKeyRing.countMax * 16, maxDocumentBytes: 4 << 20)
    /// The longest id of a key, in bytes.
    private static let idBytesMax = 64

    /// Returns the text and the tag. They are the same on every node.
    package static func encode(_ list: APIKeyList) -> (tag: String, text: String) {
        var json = JSONWriter(to: [UInt8]())
        json.beginObject()
        json.key("keys")
        json.beginArray()
        for key in list.keys.sorted(by: { $0.id < $1.id }) {
            json.beginObject()
            json.member("id", key.id)
            json.member("sha256", key.hash.hexadecimal)
            json.member("role", key.role.rawValue)
            json.key("scopes")
            json.beginArray()
            for name in key.scopes.names { json.string(name) }
            json.endArray()
            if let end = key.expiresAt { json.member("expires_at", end) }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        let hash = String(FNV1a.hash(json.sink), radix: 16)
        return ("\(list.revision)-\(hash)", String(decoding: json.sink, as: UTF8.self))
    }

    /// Returns the keys in a text. Unknown members and scopes are ignored, and keys with an unknown role left out:
    /// nodes of later versions may have written them.
    ///
    /// - Throws: the reason, for operators. Some of the keys alone are never returned.
    package static func decode(_ bytes: UnsafeRawBufferPointer) throws(JSONError) -> [APIKeyRecord] {
        var keys: [APIKeyRecord]?
        try JSONReader.document(bytes, limits: limits) { reader throws(JSONError) in
            try reader.readObject { member, reader throws(JSONError) in
                guard member == "keys" else { return try reader.skipValue() }
                var list: [APIKeyRecord] = []
                try reader.readArray(maxCount: APIKeyRing.countMax) { reader throws(JSONError) in
                    if let key = try key(&reader) { list.append(key) }
                }
                keys = list
            }
        }
        guard let keys else { throw JSONError(.typeMismatch, at: 0) }
        return keys
    }

    private static func key(_ reader: inout JSONReader) throws(JSONError) -> APIKeyRecord? {
        var (id, hash, role): (String?, APIKeyHash?, String?)
        var scopes: Scopes = []
        var expiresAt: Int64?
        try reader.readObject { member, reader throws(JSONError) in
            switch member {
            case "id": id = try reader.readString(maxBytes: idBytesMax)
            case "sha256":
                hash = Hexadecimal.bytes(try reader.readString(maxBytes: 64)).flatMap { APIKeyHash(bytes: $0) }
            case "role": role = try reader.readString(maxBytes: 64)
            case "scopes":
                try reader.readArray(maxCount: 64) { reader throws(JSONError) in
                    if let scope = Scopes(name: try reader.readString(maxBytes: 64)) { scopes.formUnion(scope) }
                }
            case "expires_at": expiresAt = try reader.readInteger()
            default: try reader.skipValue()
            }
        }
        guard let id, let hash, let role else { throw reader.fail(.typeMismatch) }
        return Role(rawValue: role).map {
            APIKeyRecord(id: id, hash: hash, role: $0, scopes: scopes, expiresAt: expiresAt)
        }
    }
}
