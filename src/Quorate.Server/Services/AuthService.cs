using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Grpc;
using Quorate.Server.Security;

namespace Quorate.Server.Services;

/// <summary>etcd's Auth service.</summary>
internal sealed class AuthService(AuthRequests requests)
{
    public async Task<AuthUserAddResponse> UserAdd(AuthUserAddRequest request, ServerCallContext context)
    {
        string hash = request.Options is { NoPassword: true } ? string.Empty : await PasswordHasher.HashAsync(request.Password, context.CancellationToken);
        var call = new PendingCall<AuthUserAddResponse>(context);
        requests.UserAdd(request, hash, call);
        return await call.Response;
    }

    public async Task<AuthUserChangePasswordResponse> UserChangePassword(AuthUserChangePasswordRequest request, ServerCallContext context)
    {
        string hash = request.Password.Length == 0 ? string.Empty : await PasswordHasher.HashAsync(request.Password, context.CancellationToken);
        var call = new PendingCall<AuthUserChangePasswordResponse>(context);
        requests.UserChangePassword(request, hash, call);
        return await call.Response;
    }

    public Task<AuthEnableResponse> AuthEnable(AuthEnableRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthEnableResponse>(context);
        requests.AuthEnable(request, call);
        return call.Response;
    }

    public Task<AuthDisableResponse> AuthDisable(AuthDisableRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthDisableResponse>(context);
        requests.AuthDisable(request, call);
        return call.Response;
    }

    public Task<AuthStatusResponse> AuthStatus(AuthStatusRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthStatusResponse>(context);
        requests.AuthStatus(request, call);
        return call.Response;
    }

    public Task<AuthenticateResponse> Authenticate(AuthenticateRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthenticateResponse>(context);
        requests.Authenticate(request, call);
        return call.Response;
    }

    public Task<AuthUserDeleteResponse> UserDelete(AuthUserDeleteRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthUserDeleteResponse>(context);
        requests.UserDelete(request, call);
        return call.Response;
    }

    public Task<AuthUserGetResponse> UserGet(AuthUserGetRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthUserGetResponse>(context);
        requests.UserGet(request, call);
        return call.Response;
    }

    public Task<AuthUserListResponse> UserList(AuthUserListRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthUserListResponse>(context);
        requests.UserList(request, call);
        return call.Response;
    }

    public Task<AuthUserGrantRoleResponse> UserGrantRole(AuthUserGrantRoleRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthUserGrantRoleResponse>(context);
        requests.UserGrantRole(request, call);
        return call.Response;
    }

    public Task<AuthUserRevokeRoleResponse> UserRevokeRole(AuthUserRevokeRoleRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthUserRevokeRoleResponse>(context);
        requests.UserRevokeRole(request, call);
        return call.Response;
    }

    public Task<AuthRoleAddResponse> RoleAdd(AuthRoleAddRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthRoleAddResponse>(context);
        requests.RoleAdd(request, call);
        return call.Response;
    }

    public Task<AuthRoleDeleteResponse> RoleDelete(AuthRoleDeleteRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthRoleDeleteResponse>(context);
        requests.RoleDelete(request, call);
        return call.Response;
    }

    public Task<AuthRoleGetResponse> RoleGet(AuthRoleGetRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthRoleGetResponse>(context);
        requests.RoleGet(request, call);
        return call.Response;
    }

    public Task<AuthRoleListResponse> RoleList(AuthRoleListRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthRoleListResponse>(context);
        requests.RoleList(request, call);
        return call.Response;
    }

    public Task<AuthRoleGrantPermissionResponse> RoleGrantPermission(AuthRoleGrantPermissionRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthRoleGrantPermissionResponse>(context);
        requests.RoleGrantPermission(request, call);
        return call.Response;
    }

    public Task<AuthRoleRevokePermissionResponse> RoleRevokePermission(AuthRoleRevokePermissionRequest request, ServerCallContext context)
    {
        var call = new PendingCall<AuthRoleRevokePermissionResponse>(context);
        requests.RoleRevokePermission(request, call);
        return call.Response;
    }
}
