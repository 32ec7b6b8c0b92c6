import Storage

/// Redis's answer about the deployment whose keys it holds.
package enum RedisDeployment: Sendable {
    /// Nodes with these roles do not compare it, or Redis could not be used.
    case notAsked
    /// Redis did not give it, for this reason.
    case unknown(String)
    /// No deployment has used this Redis under this prefix.
    case unused
    /// An id, at an address without its password, under a prefix.
    case used(id: String, place: String, space: KeySpace)

    /// Compares it with the id in the database, as a node does when it starts. Pure.
    ///
    /// - Parameter own: the id in the database; nil if the database could not be asked or has none.
    package func findings(own: String?) -> [Finding] {
        let subject = "Redis deployment"
        switch self {
        case .notAsked: return []
        case .unknown(let reason): return [.doubtful(subject, "it could not be read: \(reason).")]
        case .unused: return [.good(subject, "no deployment has used it yet")]
        case .used(let id, let place, let space):
            guard let own else { return [.doubtful(subject, "without the database's id there is nothing to compare.")] }
            guard id != own else { return [.good(subject, "it holds the data of this deployment")] }
            return [.bad(subject, DeploymentText.conflict(place: place, space: space, found: id, own: own) + ".")]
        }
    }
}
