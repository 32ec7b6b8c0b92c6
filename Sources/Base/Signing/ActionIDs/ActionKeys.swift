import Basics
import Crypto
import StrictJSON

/// The keys that sign action ids. The first one signs, each of them verifies: so a new key is first added after the
/// others on every node, then moved to the front, and the old one goes when its last action id has expired.
public struct ActionKeys: Sendable {
    /// The least length of a key, in bytes.
    public static let keyBytesMin = 16
    /// The greatest length of a key, in bytes. More adds no strength, and a whole file pasted by mistake stops here.
    public static let keyBytesMax = 256
    /// The largest number of keys. A lookup goes through all of them.
    public static let countMax = 16

    /// One key: its public name and the keyed hash, prepared once.
    struct Key: Sendable {
        let id: String
        let idBytes: [UInt8]
        let authenticator: ActionAuthenticator
    }

    let all: [Key]

    /// Does the work of a key if an action id names an unknown one, so that the answer takes as long.
    let decoy: ActionAuthenticator

    /// The key that signs.
    let signing: Key

    /// The names of the keys, in their order; the first one signs.
    public var ids: [String] { all.map(\.id) }

    /// Reads `<id>:<base64 key>` entries separated by commas, as in `k1:MDEy…,k2:ODlh…`. Base64 may be of either
    /// alphabet, padded or not; white space around an entry is dropped.
    ///
    /// - Throws: ``ActionKeysError``, which names the entry by its number and never repeats what it holds.
    public init(parsing text: String) throws(ActionKeysError) {
        let entries = text.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmed() }
        guard entries.contains(where: { !$0.isEmpty }) else { throw .noKey }
        var keys: [(id: String, key: [UInt8])] = []
        for (index, entry) in entries.enumerated() {
            guard let colon = entry.firstIndex(of: ":") else { throw .invalidEntry(number: index + 1) }
            let base64 = entry[entry.index(after: colon)...]
            guard let key = base64.withBytes({ Base64.decodeAny($0) }) else { throw .invalidBase64(number: index + 1) }
            keys.append((String(entry[..<colon]), key))
        }
        try self.init(keys)
    }

    /// Keys given as bytes, in their order.
    ///
    /// - Throws: ``ActionKeysError`` for an id out of form or used twice, and for a key too short or too long.
    public init(_ keys: [(id: String, key: [UInt8])]) throws(ActionKeysError) {
        guard keys.count <= Self.countMax else { throw .tooManyKeys }
        var all: [Key] = []
        for (index, (id, key)) in keys.enumerated() {
            let isName = id.withBytes { ActionID.isName($0, lengths: ActionID.keyIDLengths) }
            guard isName else { throw .invalidID(number: index + 1) }
            guard !all.contains(where: { $0.id == id }) else { throw .duplicateID(number: index + 1) }
            guard key.count >= Self.keyBytesMin else { throw .keyTooShort(number: index + 1) }
            guard key.count <= Self.keyBytesMax else { throw .keyTooLong(number: index + 1) }
            let authenticator = ActionAuthenticator(key: SymmetricKey(data: key))
            all.append(Key(id: id, idBytes: Array(id.utf8), authenticator: authenticator))
        }
        guard let first = all.first else { throw .noKey }
        self.all = all
        self.signing = first
        self.decoy = ActionAuthenticator(key: SymmetricKey(size: .bits256))
    }

    /// The key of this id. Ids are public, so the comparison need not be in constant time.
    func find(_ id: UnsafeRawBufferPointer) -> Key? {
        for key in all where key.idBytes.withBytes({ $0.hasSameBytes(as: id) }) { return key }
        return nil
    }
}

extension ActionKeys {
    /// Whether the base64 of a key is nothing but hexadecimal digits. Random bytes have no such base64: somebody has
    /// put a key in hexadecimal where base64 is read, and a game server that reads the same text as hexadecimal has
    /// another key.
    public static func looksLikeHexadecimal(_ key: [UInt8]) -> Bool {
        let text = key.withUnsafeBytes { Base64.encodeURL($0) }
        return text.utf8.count >= 2 * keyBytesMin
            && text.utf8.allSatisfy { Hexadecimal.value(ofDigit: $0) != nil }
    }
}

extension ActionKeys: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The ids alone: printing this shows no key.
    public var description: String { "ActionKeys(\(ids.joined(separator: ", ")))" }
    /// The ids alone.
    public var debugDescription: String { description }
    /// The ids alone.
    public var customMirror: Mirror { Mirror(self, children: ["ids": ids]) }
}
