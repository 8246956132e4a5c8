extension NotificationPolicy {
    /// Forgets the alerts of an account, told or waiting, as if it had never been heard of. Their ends are
    /// not told any more.
    public mutating func forget(account identity: String) {
        let name = identity.lowercased()
        for (id, known) in told.entries where known.transition.identity?.lowercased() == name {
            leave(id)
            told[id] = nil
        }
        for id in Array(places.keys) where waiting(id)?.identity?.lowercased() == name { leave(id) }
    }
}
