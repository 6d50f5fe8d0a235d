using System.CommandLine;
using Quorate.Client;
using Quorate.Etcd.Protocol;
using Quorate.Etcd.Requests;

namespace Quorate.Server.CommandLine;

/// <summary><c>alarm list</c> and <c>alarm disarm</c>.</summary>
internal static class AlarmCommand
{
    public static Command Create()
    {
        var command = new Command("alarm", "Show or clear alarms. While one of NOSPACE is active the cluster takes no write that would make it grow.");
        command.Add(List());
        command.Add(Disarm());
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List the alarms that are active.");
        ClientOptions.AddTo(command, async (context, _) =>
        {
            AlarmResponse response = await context.Client.AlarmAsync(new AlarmRequest(), context.CancellationToken);
            Write(context, response);
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Disarm()
    {
        var command = new Command("disarm", "Clear all alarms that are active. Make room first, or they come back.");
        ClientOptions.AddTo(command, async (context, _) =>
        {
            AlarmResponse active = await context.Client.AlarmAsync(new AlarmRequest(), context.CancellationToken);
            AlarmResponse cleared = new() { Header = active.Header };
            foreach (AlarmMember alarm in active.Alarms)
            {
                AlarmResponse response = await ClearAsync(context.Client, alarm, context.CancellationToken);
                cleared.Header = response.Header;
                cleared.Alarms.Add(response.Alarms);
            }

            Write(context, cleared);
            return ExitCode.Success;
        });
        return command;
    }

    private static Task<AlarmResponse> ClearAsync(QuorateClient client, AlarmMember alarm, CancellationToken cancellationToken) => client.AlarmAsync(
        new AlarmRequest { Action = AlarmRequest.Types.AlarmAction.Deactivate, MemberID = alarm.MemberID, Alarm = alarm.Alarm }, cancellationToken);

    private static void Write(ClientContext context, AlarmResponse response)
    {
        if (context.Json)
        {
            JsonText.WriteLine(json =>
            {
                json.WriteStartObject();
                JsonText.Header(json, response.Header);
                json.WriteStartArray("alarms");
                foreach (AlarmMember alarm in response.Alarms)
                {
                    json.WriteStartObject();
                    json.WriteNumber("member_id", alarm.MemberID);
                    json.WriteString("alarm", MaintenanceRequests.NameOf(alarm.Alarm));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            });
            return;
        }

        foreach (AlarmMember alarm in response.Alarms)
        {
            Console.WriteLine(AlarmText.Of(alarm.MemberID, MaintenanceRequests.NameOf(alarm.Alarm)));
        }
    }
}
