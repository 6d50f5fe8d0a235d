using Google.Protobuf;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;
using Quorate.Etcd.Tests.Support;
using static Quorate.Etcd.Tests.Support.Ask;
using PermissionType = Quorate.Etcd.Protocol.Permission.Types.Type;

namespace Quorate.Etcd.Tests;

/// <summary>As etcd answers while authentication is off: users and roles can be prepared.</summary>
public class AuthTests
{
    private readonly EtcdWorld world = new();

    private AuthRequests Auth => world.Front.Auth;

    [Fact]
    public void It_is_off_and_cannot_be_switched_on_since_nothing_would_be_enforced()
    {
        Do<AuthStatusResponse>(call => Auth.AuthStatus(new AuthStatusRequest(), call)).ShouldBe(
            new AuthStatusResponse { Header = Header(1), Enabled = false, AuthRevision = 1 });
        Do<AuthDisableResponse>(call => Auth.AuthDisable(new AuthDisableRequest(), call)).Header.ShouldBe(Header(1));
        Fails<AuthenticateResponse>(call => Auth.Authenticate(new AuthenticateRequest { Name = "root", Password = "x" }, call))
            .ShouldBe(EtcdError.AuthNotEnabled);
        world.Replica.Commands.ShouldBeEmpty();

        Enable().ShouldBe(EtcdError.RootUserMissing);
        AddUser("root");
        Enable().ShouldBe(EtcdError.RootRoleMissing);
        Grant("root", "root").ShouldBeNull();
        Enable().ShouldBe(EtcdError.AuthNotSupported, "etcd would have no more to object");
    }

    [Fact]
    public void Users_are_added_listed_and_deleted()
    {
        AddUser("zoe");
        AddUser("adam");
        AddUserFails("adam").ShouldBe(EtcdError.UserAlreadyExists);
        AddUserFails("").ShouldBe(EtcdError.UserEmpty);
        Do<AuthUserListResponse>(call => Auth.UserList(new AuthUserListRequest(), call)).Users.ShouldBe(["adam", "zoe"]);

        Do<AuthUserDeleteResponse>(call => Auth.UserDelete(new AuthUserDeleteRequest { Name = "adam" }, call));
        Fails<AuthUserDeleteResponse>(call => Auth.UserDelete(new AuthUserDeleteRequest { Name = "adam" }, call)).ShouldBe(EtcdError.UserNotFound);
        Do<AuthUserListResponse>(call => Auth.UserList(new AuthUserListRequest(), call)).Users.ShouldBe(["zoe"]);
        Revision().ShouldBe(4ul, "two were added and one deleted; what fails changes nothing");
    }

    [Fact]
    public void A_password_gets_into_the_log_and_the_state_as_its_hash_only()
    {
        RecordingCall<AuthUserAddResponse> add = new();
        Auth.UserAdd(new AuthUserAddRequest { Name = "zoe", Password = "swordfish", HashedPassword = "chosen by the client" }, "hash-1", add);
        RecordingCall<AuthUserChangePasswordResponse> change = new();
        Auth.UserChangePassword(new AuthUserChangePasswordRequest { Name = "zoe", Password = "barracuda", HashedPassword = "chosen too" }, "hash-2", change);

        world.State.Auth.Users["zoe"].Password.ToStringUtf8().ShouldBe("hash-2");
        foreach (byte[] bytes in world.Replica.Commands.Append(world.SnapshotBytes()))
        {
            string text = System.Text.Encoding.Latin1.GetString(bytes);
            text.ShouldNotContain("swordfish");
            text.ShouldNotContain("barracuda");
            text.ShouldNotContain("chosen");
        }
    }

    [Fact]
    public void Who_was_added_without_a_password_never_gets_one()
    {
        Do<AuthUserAddResponse>(call => Auth.UserAdd(new AuthUserAddRequest { Name = "cert", Options = new UserAddOptions { NoPassword = true } }, "ignored", call));
        Do<AuthUserChangePasswordResponse>(call => Auth.UserChangePassword(new AuthUserChangePasswordRequest { Name = "cert" }, "ignored", call));
        world.State.Auth.Users["cert"].Password.ShouldBe(ByteString.Empty);
        Fails<AuthUserChangePasswordResponse>(call => Auth.UserChangePassword(new AuthUserChangePasswordRequest { Name = "none" }, "h", call))
            .ShouldBe(EtcdError.UserNotFound);
    }

    [Fact]
    public void Roles_are_granted_and_revoked_and_go_with_their_deletion()
    {
        AddUser("zoe");
        AddRole("writer");
        AddRole("auditor");
        RoleFails("writer").ShouldBe(EtcdError.RoleAlreadyExists);
        RoleFails("").ShouldBe(EtcdError.RoleEmpty);
        Grant("zoe", "writer").ShouldBeNull();
        Grant("zoe", "auditor").ShouldBeNull();
        Grant("zoe", "root").ShouldBeNull("it need not exist");
        Grant("zoe", "none").ShouldBe(EtcdError.RoleNotFound);
        Grant("none", "writer").ShouldBe(EtcdError.UserNotFound);
        ulong before = Revision();
        Grant("zoe", "writer").ShouldBeNull("she has it");
        Revision().ShouldBe(before);
        RolesOf("zoe").ShouldBe(["auditor", "root", "writer"]);

        Revoke("zoe", "auditor").ShouldBeNull();
        Revoke("zoe", "auditor").ShouldBe(EtcdError.RoleNotGranted);
        Revoke("none", "auditor").ShouldBe(EtcdError.UserNotFound);
        Do<AuthRoleDeleteResponse>(call => Auth.RoleDelete(new AuthRoleDeleteRequest { Role = "writer" }, call));
        Fails<AuthRoleDeleteResponse>(call => Auth.RoleDelete(new AuthRoleDeleteRequest { Role = "writer" }, call)).ShouldBe(EtcdError.RoleNotFound);
        RolesOf("zoe").ShouldBe(["root"]);
        Do<AuthRoleListResponse>(call => Auth.RoleList(new AuthRoleListRequest(), call)).Roles.ShouldBe(["auditor"]);
        Fails<AuthUserGetResponse>(call => Auth.UserGet(new AuthUserGetRequest { Name = "none" }, call)).ShouldBe(EtcdError.UserNotFound);
    }

    [Fact]
    public void Permissions_are_kept_in_order_of_key_and_replaced_by_range()
    {
        AddRole("r");
        Permit("r", "b", "c", PermissionType.Read).ShouldBeNull();
        Permit("r", "a", "", PermissionType.Write).ShouldBeNull();
        Permit("r", "b", "\0", PermissionType.Write).ShouldBeNull();
        Permit("r", "b", "c", PermissionType.Readwrite).ShouldBeNull();
        PermissionsOf("r").ShouldBe(
        [
            new Permission { Key = Bytes("a"), PermType = PermissionType.Write },
            new Permission { Key = Bytes("b"), RangeEnd = Bytes("\0"), PermType = PermissionType.Write },
            new Permission { Key = Bytes("b"), RangeEnd = Bytes("c"), PermType = PermissionType.Readwrite },
        ]);

        Forbid("r", "b", "c").ShouldBeNull();
        Forbid("r", "b", "c").ShouldBe(EtcdError.PermissionNotGranted);
        Forbid("none", "b", "c").ShouldBe(EtcdError.RoleNotFound);
        PermissionsOf("r").Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("", "b")]
    [InlineData("b", "a")]
    [InlineData("b", "b")]
    public void A_permission_for_no_key_is_refused(string key, string end)
    {
        AddRole("r");
        Permit("r", key, end, PermissionType.Read).ShouldBe(EtcdError.InvalidAuthManagement);
    }

    [Fact]
    public void A_permission_is_refused_without_one_or_without_its_role()
    {
        Fails<AuthRoleGrantPermissionResponse>(call => Auth.RoleGrantPermission(new AuthRoleGrantPermissionRequest { Name = "r" }, call))
            .ShouldBe(EtcdError.PermissionNotGiven);
        Permit("none", "a", "", PermissionType.Read).ShouldBe(EtcdError.RoleNotFound);
        Fails<AuthRoleGetResponse>(call => Auth.RoleGet(new AuthRoleGetRequest { Role = "none" }, call)).ShouldBe(EtcdError.RoleNotFound);
    }

    [Fact]
    public void The_root_role_may_do_everything_whatever_was_granted_to_it()
    {
        AddRole("root");
        PermissionsOf("root").ShouldBe([new Permission { PermType = PermissionType.Readwrite, RangeEnd = Bytes("\0") }]);
    }

    [Fact]
    public void Users_and_roles_are_part_of_a_snapshot()
    {
        AddUser("zoe");
        AddRole("writer");
        Permit("writer", "a", "b", PermissionType.Write);
        Grant("zoe", "writer");
        EtcdWorld other = new();
        other.State.LoadSnapshot(new MemoryStream(world.SnapshotBytes()));

        other.SnapshotBytes().ShouldBe(world.SnapshotBytes());
        other.State.Auth.Revision.ShouldBe(5ul);
        other.State.Auth.Users["zoe"].Roles.ShouldBe(["writer"]);
        other.State.Auth.Roles["writer"].KeyPermission.Count.ShouldBe(1);
    }

    private static ResponseHeader Header(long revision) => new() { ClusterId = 42, MemberId = 7, RaftTerm = 3, Revision = revision };

    private static TResponse Do<TResponse>(Action<EtcdCall<TResponse>> ask)
        where TResponse : class, IEtcdResponse
    {
        RecordingCall<TResponse> call = new();
        ask(call);
        return EtcdWorld.Answer(call);
    }

    private static EtcdError? Fails<TResponse>(Action<EtcdCall<TResponse>> ask)
        where TResponse : class, IEtcdResponse
    {
        RecordingCall<TResponse> call = new();
        ask(call);
        call.HasEnded.ShouldBeTrue();
        return call.Error;
    }

    private EtcdError? Enable() => Fails<AuthEnableResponse>(call => Auth.AuthEnable(new AuthEnableRequest(), call));

    private void AddUser(string name) => AddUserFails(name).ShouldBeNull();

    private EtcdError? AddUserFails(string name) =>
        Fails<AuthUserAddResponse>(call => Auth.UserAdd(new AuthUserAddRequest { Name = name }, "hash", call));

    private void AddRole(string name) => RoleFails(name).ShouldBeNull();

    private EtcdError? RoleFails(string name) => Fails<AuthRoleAddResponse>(call => Auth.RoleAdd(new AuthRoleAddRequest { Name = name }, call));

    private EtcdError? Grant(string user, string role) =>
        Fails<AuthUserGrantRoleResponse>(call => Auth.UserGrantRole(new AuthUserGrantRoleRequest { User = user, Role = role }, call));

    private EtcdError? Revoke(string user, string role) =>
        Fails<AuthUserRevokeRoleResponse>(call => Auth.UserRevokeRole(new AuthUserRevokeRoleRequest { Name = user, Role = role }, call));

    private EtcdError? Permit(string role, string key, string end, PermissionType type) => Fails<AuthRoleGrantPermissionResponse>(call =>
        Auth.RoleGrantPermission(
            new AuthRoleGrantPermissionRequest { Name = role, Perm = new Permission { Key = Bytes(key), RangeEnd = Bytes(end), PermType = type } }, call));

    private EtcdError? Forbid(string role, string key, string end) => Fails<AuthRoleRevokePermissionResponse>(call =>
        Auth.RoleRevokePermission(new AuthRoleRevokePermissionRequest { Role = role, Key = Bytes(key), RangeEnd = Bytes(end) }, call));

    private List<string> RolesOf(string user) =>
        [.. Do<AuthUserGetResponse>(call => Auth.UserGet(new AuthUserGetRequest { Name = user }, call)).Roles];

    private List<Permission> PermissionsOf(string role) =>
        [.. Do<AuthRoleGetResponse>(call => Auth.RoleGet(new AuthRoleGetRequest { Role = role }, call)).Perm];

    private ulong Revision() => Do<AuthStatusResponse>(call => Auth.AuthStatus(new AuthStatusRequest(), call)).AuthRevision;
}
