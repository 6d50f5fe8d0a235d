using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.State;

namespace Quorate.Etcd.Auth;

/// <summary>What requests do to roles, as etcd does it: the state after it, or why there is none.</summary>
internal static class RoleChanges
{
    public static (AuthState? Next, EtcdError? Error) Add(AuthState auth, AuthRoleAddRequest request)
    {
        if (request.Name.Length == 0)
        {
            return (null, EtcdError.RoleEmpty);
        }

        if (auth.Roles.ContainsKey(request.Name))
        {
            return (null, EtcdError.RoleAlreadyExists);
        }

        return auth.Roles.Count < AuthState.EntriesMax
            ? (auth.With(new Role { Name = ByteString.CopyFromUtf8(request.Name) }).Changed(), null)
            : (null, EtcdError.TooManyRequests);
    }

    /// <summary>Takes the role from all who have it too.</summary>
    public static (AuthState? Next, EtcdError? Error) Delete(AuthState auth, AuthRoleDeleteRequest request)
    {
        if (!auth.Roles.ContainsKey(request.Role))
        {
            return (null, EtcdError.RoleNotFound);
        }

        AuthState next = auth.WithoutRole(request.Role);
        foreach (User user in auth.Users.Values)
        {
            if (user.Roles.Contains(request.Role))
            {
                User changed = user.Clone();
                changed.Roles.Remove(request.Role);
                next = next.With(changed);
            }
        }

        return (next.Changed(), null);
    }

    /// <summary>Permissions are kept in order of key; one of the same range is replaced.</summary>
    public static (AuthState? Next, EtcdError? Error) Grant(AuthState auth, AuthRoleGrantPermissionRequest request)
    {
        if (CheckGrant(request) is { } error)
        {
            return (null, error);
        }

        if (!auth.Roles.TryGetValue(request.Name, out Role? role))
        {
            return (null, EtcdError.RoleNotFound);
        }

        Role changed = new() { Name = role.Name };
        changed.KeyPermission.Add(role.KeyPermission
            .Where(permission => !IsOf(permission, request.Perm.Key, request.Perm.RangeEnd))
            .Append(request.Perm)
            .Order(ByRange.Instance));
        return (auth.With(changed).Changed(), null);
    }

    public static (AuthState? Next, EtcdError? Error) Revoke(AuthState auth, AuthRoleRevokePermissionRequest request)
    {
        if (!auth.Roles.TryGetValue(request.Role, out Role? role))
        {
            return (null, EtcdError.RoleNotFound);
        }

        Role changed = new() { Name = role.Name };
        changed.KeyPermission.Add(role.KeyPermission.Where(permission => !IsOf(permission, request.Key, request.RangeEnd)));
        return changed.KeyPermission.Count < role.KeyPermission.Count
            ? (auth.With(changed).Changed(), null)
            : (null, EtcdError.PermissionNotGranted);
    }

    /// <summary>A permission needs a key, and an end that is behind it: or a single zero for no end.</summary>
    public static EtcdError? CheckGrant(AuthRoleGrantPermissionRequest request)
    {
        if (request.Perm is null)
        {
            return EtcdError.PermissionNotGiven;
        }

        ReadOnlySpan<byte> end = request.Perm.RangeEnd.Span;
        bool isRange = end.IsEmpty || (end.Length == 1 && end[0] == 0) || request.Perm.Key.Span.SequenceCompareTo(end) < 0;
        return !request.Perm.Key.IsEmpty && isRange ? null : EtcdError.InvalidAuthManagement;
    }

    private static bool IsOf(Permission permission, ByteString key, ByteString rangeEnd) =>
        permission.Key == key && permission.RangeEnd == rangeEnd;

    private sealed class ByRange : IComparer<Permission>
    {
        public static readonly ByRange Instance = new();

        public int Compare(Permission? x, Permission? y)
        {
            int byKey = x!.Key.Span.SequenceCompareTo(y!.Key.Span);
            return byKey != 0 ? byKey : x.RangeEnd.Span.SequenceCompareTo(y.RangeEnd.Span);
        }
    }
}
