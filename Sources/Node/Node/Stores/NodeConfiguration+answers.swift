import Settings
import Storage

extension NodeConfiguration {
    /// When a node with these roles answers updates, as the check of Redis' settings has to know it.
    package func answers(_ roles: NodeRoles) -> RedisSettings.Answers {
        guard roles.contains(.api) else { return .never }
        return switch acknowledgement {
        case .applied: .applied
        case .persisted: .persisted
        }
    }
}
