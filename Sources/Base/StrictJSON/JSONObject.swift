/// The members of a JSON object, in the order of the text. Each key occurs once.
///
/// Keys are compared code unit by code unit. `==` on `String` would treat composed and decomposed letters as equal.
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

        /// Whether the keys are the same code unit by code unit, and the values are equal.
        public static func == (left: Member, right: Member) -> Bool {
            left.key.utf8.elementsEqual(right.key.utf8) && left.value == right.value
        }
    }

    /// All members, in the order of the text.
    public private(set) var members: [Member] = []

    /// An object without members.
    public init() {}

    /// The value of a key, or `nil` if the object does not have it. Setting `nil` removes the key.
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

    /// Adds a member without looking for its key. The caller knows that the key is new.
    mutating func appendNew(_ key: String, _ value: JSONValue) { members.append(Member(key: key, value: value)) }
}
