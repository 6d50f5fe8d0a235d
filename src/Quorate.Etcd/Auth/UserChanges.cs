using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.State;

namespace Quorate.Etcd.Auth;

/// <summary>What requests do to users, as etcd does it: the state after it, or why there is none.</summary>
internal static class UserChanges
{
    public static (AuthState? Next, EtcdError? Error) Add(AuthState auth, AuthUserAddRequest request)
    {
        if (request.Name.Length == 0)
        {
            return (null, EtcdError.UserEmpty);
        }

        if (auth.Users.ContainsKey(request.Name))
        {
            return (null, EtcdError.UserAlreadyExists);
        }

        if (auth.Users.Count >= AuthState.EntriesMax)
        {
            return (null, EtcdError.TooManyRequests);
        }

        UserAddOptions options = request.Options ?? new UserAddOptions();
        User user = new()
        {
            Name = ByteString.CopyFromUtf8(request.Name),
            Password = options.NoPassword ? ByteString.Empty : ByteString.CopyFromUtf8(request.HashedPassword),
            Options = options,
        };
        return (auth.With(user).Changed(), null);
    }

    public static (AuthState? Next, EtcdError? Error) Delete(AuthState auth, AuthUserDeleteRequest request) =>
        auth.Users.ContainsKey(request.Name) ? (auth.WithoutUser(request.Name).Changed(), null) : (null, EtcdError.UserNotFound);

    public static (AuthState? Next, EtcdError? Error) ChangePassword(AuthState auth, AuthUserChangePasswordRequest request)
    {
        if (!auth.Users.TryGetValue(request.Name, out User? user))
        {
            return (null, EtcdError.UserNotFound);
        }

        User changed = user.Clone();
        changed.Password = user.Options.NoPassword ? ByteString.Empty : ByteString.CopyFromUtf8(request.HashedPassword);
        return (auth.With(changed).Changed(), null);
    }

    /// <summary>To grant what is granted already succeeds and changes nothing, the revision neither.</summary>
    public static (AuthState? Next, EtcdError? Error) Grant(AuthState auth, AuthUserGrantRoleRequest request)
    {
        if (!auth.Users.TryGetValue(request.User, out User? user))
        {
            return (null, EtcdError.UserNotFound);
        }

        if (request.Role != AuthState.RootRole && !auth.Roles.ContainsKey(request.Role))
        {
            return (null, EtcdError.RoleNotFound);
        }

        if (user.Roles.Contains(request.Role))
        {
            return (auth, null);
        }

        User changed = user.Clone();
        changed.Roles.Clear();
        changed.Roles.Add(user.Roles.Append(request.Role).Order(StringComparer.Ordinal));
        return (auth.With(changed).Changed(), null);
    }

    public static (AuthState? Next, EtcdError? Error) Revoke(AuthState auth, AuthUserRevokeRoleRequest request)
    {
        if (!auth.Users.TryGetValue(request.Name, out User? user))
        {
            return (null, EtcdError.UserNotFound);
        }

        User changed = user.Clone();
        return changed.Roles.Remove(request.Role) ? (auth.With(changed).Changed(), null) : (null, EtcdError.RoleNotGranted);
    }
}
