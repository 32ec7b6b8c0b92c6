import Foundation

/// The project's files, for tests that compare them with the code.
public enum Checkout {
    /// The root folder: `SCORECAST_CHECKOUT`, or the folder of the sources when this was compiled. The end-to-end tests
    /// run on a copy, since their user may have no access to the original.
    public static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["SCORECAST_CHECKOUT"], !path.isEmpty {
            return URL(fileURLWithPath: path)
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
    }()
}
