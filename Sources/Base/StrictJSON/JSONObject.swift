/// The members of a JSON object, in the order of the text. No key is there twice.
///
/// Keys are told apart unit by unit, unlike `String`, to which composed and decomposed letters are the same.
public struct JSONObject: Sendable, Equatable {
    /// One key and its value.
    public struct Member: Sendable, Equatable {
        /// The key.
        public let key: String
        /// The value.
        public let value: JSONValue

        /// A member of an object.
        public init(key: String, value: JSONValue) {
            self.key = key
            self.value = value
        }

        /// Whether keys are the same unit by unit, and values are equal.
        public static func == (left: Member, right: Member) -> Bool {
            left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
        }
    }

    /// All members, in the order of the text.
    public private(set) var members: [Member] = []

    /// An object without members.
    public init() {}

    /// The value of a key; `nil` where there is none. Setting `nil` removes the key.
    public subscript(key: String) -> JSONValue? {
        get { members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value }
        set {
            let index = members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
            switch (index, newValue) {
            case (let index?, let value?): members[index] = Member(key: key, value: value)
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(key: key, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Adds a member that the reader knows to be new.
    mutating func appendNew(_ key: String, _ value: JSONValue) { members.append(Member(key: key, value: value)) }
}
