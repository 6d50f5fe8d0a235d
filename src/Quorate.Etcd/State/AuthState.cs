using System.Collections.Immutable;
using Quorate.Etcd.Protocol;

namespace Quorate.Etcd.State;

/// <summary>
/// Users and roles, which are stored and not enforced yet. Part of the replicated state. Immutable; the messages it
/// holds are never changed, only replaced.
/// </summary>
internal sealed class AuthState
{
    /// <summary>The user without whom authentication cannot be switched on.</summary>
    public const string RootUser = "root";

    /// <summary>The role that may do everything; it need not be stored to be granted.</summary>
    public const string RootRole = "root";

    /// <summary>Most users, and most roles: they are kept in memory whole, and no quota counts them.</summary>
    public const int EntriesMax = 100_000;

    /// <summary>The revision when nothing was ever changed, as etcd's.</summary>
    public const ulong FirstRevision = 1;

    public static readonly AuthState None = new(
        ImmutableSortedDictionary.Create<string, User>(StringComparer.Ordinal),
        ImmutableSortedDictionary.Create<string, Role>(StringComparer.Ordinal),
        FirstRevision);

    private AuthState(ImmutableSortedDictionary<string, User> users, ImmutableSortedDictionary<string, Role> roles, ulong revision)
    {
        Users = users;
        Roles = roles;
        Revision = revision;
    }

    /// <summary>Users by name, in order.</summary>
    public ImmutableSortedDictionary<string, User> Users { get; }

    /// <summary>Roles by name, in order.</summary>
    public ImmutableSortedDictionary<string, Role> Roles { get; }

    /// <summary>Grows by one with each change.</summary>
    public ulong Revision { get; }

    /// <summary>With a user instead of the one of that name.</summary>
    public AuthState With(User user) => new(Users.SetItem(user.Name.ToStringUtf8(), user), Roles, Revision);

    /// <summary>With a role instead of the one of that name.</summary>
    public AuthState With(Role role) => new(Users, Roles.SetItem(role.Name.ToStringUtf8(), role), Revision);

    public AuthState WithoutUser(string name) => new(Users.Remove(name), Roles, Revision);

    public AuthState WithoutRole(string name) => new(Users, Roles.Remove(name), Revision);

    public AuthState At(ulong revision) => new(Users, Roles, revision);

    /// <summary>As a change leaves it.</summary>
    public AuthState Changed() => At(Revision + 1);
}
