using Google.Protobuf;
using Quorate.Etcd.Commands;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.State;

namespace Quorate.Etcd.Requests;

/// <summary>
/// The requests of etcd's Auth service, as etcd answers them while authentication is off: users and roles can be prepared,
/// and nothing is asked of them. To switch it on is refused, since nothing would be enforced.
/// </summary>
public sealed class AuthRequests
{
    private readonly RequestPath _path;

    internal AuthRequests(RequestPath path)
    {
        _path = path;
    }

    /// <summary>
    /// Refused, as by etcd while there is no user root with the role root; and then too, since nothing here would keep
    /// what it promises.
    /// </summary>
    public void AuthEnable(AuthEnableRequest request, EtcdCall<AuthEnableResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, Enable, call);
    }

    /// <summary>It is off.</summary>
    public void AuthDisable(AuthDisableRequest request, EtcdCall<AuthDisableResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, Disable, call);
    }

    /// <summary>Whether it is on, and how often users and roles were changed.</summary>
    public void AuthStatus(AuthStatusRequest request, EtcdCall<AuthStatusResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, Status, call);
    }

    /// <summary>There is nothing to be gained by it while it is off.</summary>
    public void Authenticate(AuthenticateRequest request, EtcdCall<AuthenticateResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        call.Failed(_path.IsLearner ? EtcdError.NotSupportedForLearner : EtcdError.AuthNotEnabled);
    }

    /// <summary>Adds a user. The password is hashed by whoever took the request, and never gets into the log.</summary>
    public void UserAdd(AuthUserAddRequest request, string hashedPassword, EtcdCall<AuthUserAddResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(hashedPassword);
        ArgumentNullException.ThrowIfNull(call);
        if (request.Name.Length == 0)
        {
            call.Failed(EtcdError.UserEmpty);
            return;
        }

        _path.Propose(
            CommandKind.UserAdd, new AuthUserAddRequest { Name = request.Name, Options = request.Options, HashedPassword = hashedPassword }, default, call);
    }

    /// <summary>Deletes a user.</summary>
    public void UserDelete(AuthUserDeleteRequest request, EtcdCall<AuthUserDeleteResponse> call) => Change(CommandKind.UserDelete, request, call);

    /// <summary>Gives a user another password, hashed as for <see cref="UserAdd"/>; an empty one for none.</summary>
    public void UserChangePassword(
        AuthUserChangePasswordRequest request, string hashedPassword, EtcdCall<AuthUserChangePasswordResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(hashedPassword);
        Change(CommandKind.UserChangePassword, new AuthUserChangePasswordRequest { Name = request.Name, HashedPassword = hashedPassword }, call);
    }

    /// <summary>The roles of a user.</summary>
    public void UserGet(AuthUserGetRequest request, EtcdCall<AuthUserGetResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, GetUser, call);
    }

    /// <summary>The names of all users.</summary>
    public void UserList(AuthUserListRequest request, EtcdCall<AuthUserListResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, ListUsers, call);
    }

    /// <summary>Gives a user a role.</summary>
    public void UserGrantRole(AuthUserGrantRoleRequest request, EtcdCall<AuthUserGrantRoleResponse> call) =>
        Change(CommandKind.UserGrantRole, request, call);

    /// <summary>Takes a role from a user.</summary>
    public void UserRevokeRole(AuthUserRevokeRoleRequest request, EtcdCall<AuthUserRevokeRoleResponse> call) =>
        Change(CommandKind.UserRevokeRole, request, call);

    /// <summary>Adds a role.</summary>
    public void RoleAdd(AuthRoleAddRequest request, EtcdCall<AuthRoleAddResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (request.Name.Length == 0)
        {
            call.Failed(EtcdError.RoleEmpty);
            return;
        }

        Change(CommandKind.RoleAdd, request, call);
    }

    /// <summary>Deletes a role.</summary>
    public void RoleDelete(AuthRoleDeleteRequest request, EtcdCall<AuthRoleDeleteResponse> call) => Change(CommandKind.RoleDelete, request, call);

    /// <summary>What a role permits.</summary>
    public void RoleGet(AuthRoleGetRequest request, EtcdCall<AuthRoleGetResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, GetRole, call);
    }

    /// <summary>The names of all roles.</summary>
    public void RoleList(AuthRoleListRequest request, EtcdCall<AuthRoleListResponse> call)
    {
        ArgumentNullException.ThrowIfNull(call);
        _path.Read(request, local: false, ListRoles, call);
    }

    /// <summary>Lets a role read or write keys.</summary>
    public void RoleGrantPermission(AuthRoleGrantPermissionRequest request, EtcdCall<AuthRoleGrantPermissionResponse> call)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        if (Auth.RoleChanges.CheckGrant(request) is { } error)
        {
            call.Failed(error);
            return;
        }

        Change(CommandKind.RoleGrantPermission, request, call);
    }

    /// <summary>Takes a permission from a role.</summary>
    public void RoleRevokePermission(AuthRoleRevokePermissionRequest request, EtcdCall<AuthRoleRevokePermissionResponse> call) =>
        Change(CommandKind.RoleRevokePermission, request, call);

    private void Change<TResponse>(CommandKind kind, IMessage request, EtcdCall<TResponse> call)
        where TResponse : class, IEtcdResponse
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(call);
        _path.Propose(kind, request, default, call);
    }

    private static ResponseHeader HeaderOf(RequestPath path) => new() { Revision = path.State.History.Revision };

    private static EtcdError? Enable(RequestPath path, AuthEnableRequest request, out AuthEnableResponse? response)
    {
        response = null;
        if (!path.State.Auth.Users.TryGetValue(AuthState.RootUser, out User? root))
        {
            return EtcdError.RootUserMissing;
        }

        return root.Roles.Contains(AuthState.RootRole) ? EtcdError.AuthNotSupported : EtcdError.RootRoleMissing;
    }

    private static EtcdError? Disable(RequestPath path, AuthDisableRequest request, out AuthDisableResponse? response)
    {
        response = new AuthDisableResponse { Header = HeaderOf(path) };
        return null;
    }

    private static EtcdError? Status(RequestPath path, AuthStatusRequest request, out AuthStatusResponse? response)
    {
        response = new AuthStatusResponse { Header = HeaderOf(path), Enabled = false, AuthRevision = path.State.Auth.Revision };
        return null;
    }

    private static EtcdError? GetUser(RequestPath path, AuthUserGetRequest request, out AuthUserGetResponse? response)
    {
        response = null;
        if (!path.State.Auth.Users.TryGetValue(request.Name, out User? user))
        {
            return EtcdError.UserNotFound;
        }

        response = new AuthUserGetResponse { Header = HeaderOf(path) };
        response.Roles.Add(user.Roles);
        return null;
    }

    private static EtcdError? ListUsers(RequestPath path, AuthUserListRequest request, out AuthUserListResponse? response)
    {
        response = new AuthUserListResponse { Header = HeaderOf(path) };
        response.Users.Add(path.State.Auth.Users.Keys);
        return null;
    }

    private static EtcdError? GetRole(RequestPath path, AuthRoleGetRequest request, out AuthRoleGetResponse? response)
    {
        response = null;
        if (!path.State.Auth.Roles.TryGetValue(request.Role, out Role? role))
        {
            return EtcdError.RoleNotFound;
        }

        response = new AuthRoleGetResponse { Header = HeaderOf(path) };
        if (request.Role == AuthState.RootRole)
        {
            // Whatever was granted to it: it may do everything.
            response.Perm.Add(new Permission { PermType = Permission.Types.Type.Readwrite, RangeEnd = ByteString.CopyFrom(0) });
        }
        else
        {
            response.Perm.Add(role.KeyPermission.Select(permission => permission.Clone()));
        }

        return null;
    }

    private static EtcdError? ListRoles(RequestPath path, AuthRoleListRequest request, out AuthRoleListResponse? response)
    {
        response = new AuthRoleListResponse { Header = HeaderOf(path) };
        response.Roles.Add(path.State.Auth.Roles.Keys);
        return null;
    }
}
