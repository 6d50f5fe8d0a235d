using Google.Protobuf;
using Google.Protobuf.Reflection;
using Quorate.Grpc.Reflection.V1;

namespace Quorate.Grpc.Tests;

public sealed class ReflectionTests
{
    private static readonly Method<ServerReflectionRequest, ServerReflectionResponse> Info =
        new(ReflectionReflection.Descriptor.Services[0].Methods[0]);

    private static readonly Method<Reflection.V1Alpha.ServerReflectionRequest, Reflection.V1Alpha.ServerReflectionResponse> AlphaInfo =
        new(Reflection.V1Alpha.ReflectionReflection.Descriptor.Services[0].Methods[0]);

    [Fact]
    public async Task The_services_that_are_mapped_are_listed_with_reflection_itself()
    {
        await using ProberServer server = await StartAsync();

        ServerReflectionResponse answer = (await AskAsync(server, new ServerReflectionRequest { Host = "h", ListServices = "*" }))[0];

        answer.ListServicesResponse.Service.Select(service => service.Name).ShouldBe(
            ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection", "quorate.probe.Prober"]);
        answer.ValidHost.ShouldBe("h");
        answer.OriginalRequest.ListServices.ShouldBe("*");
    }

    [Theory]
    [InlineData("quorate.probe.Prober")]
    [InlineData("quorate.probe.Prober.Echo")]
    [InlineData("quorate.probe.Probe")]
    [InlineData("quorate.probe.Probe.text")]
    [InlineData("quorate.probe.Probe.one")]
    [InlineData("quorate.probe.Probe.Mood")]
    public async Task A_symbol_leads_to_its_file(string symbol)
    {
        await using ProberServer server = await StartAsync();

        ServerReflectionResponse answer = (await AskAsync(server, new ServerReflectionRequest { FileContainingSymbol = symbol }))[0];

        FilesOf(answer).Select(file => file.Name).ShouldBe([ProberServer.Descriptor.File.Name, "imports.proto", "google/protobuf/descriptor.proto"]);
    }

    [Fact]
    public async Task A_file_comes_with_all_that_it_needs_so_that_a_tool_can_build_it()
    {
        await using ProberServer server = await StartAsync();

        ServerReflectionResponse[] answers = await AskAsync(
            server,
            new ServerReflectionRequest { FileContainingSymbol = "quorate.probe.Imports" },
            new ServerReflectionRequest { FileByFilename = "google/protobuf/descriptor.proto" });

        IReadOnlyList<FileDescriptor> built = FileDescriptor.BuildFromByteStrings(answers[0].FileDescriptorResponse.FileDescriptorProto.Reverse());
        built.Select(file => file.Name).ShouldBe(["google/protobuf/descriptor.proto", "imports.proto"], ignoreOrder: true);
        FilesOf(answers[1]).Single().Name.ShouldBe("google/protobuf/descriptor.proto");
    }

    [Fact]
    public async Task Extensions_are_found_by_type_and_number()
    {
        await using ProberServer server = await StartAsync();

        ServerReflectionResponse[] answers = await AskAsync(
            server,
            new ServerReflectionRequest { AllExtensionNumbersOfType = "google.protobuf.MessageOptions" },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "google.protobuf.FieldOptions" },
            new ServerReflectionRequest { FileContainingExtension = new ExtensionRequest { ContainingType = "google.protobuf.MessageOptions", ExtensionNumber = 50_001 } });

        answers[0].AllExtensionNumbersResponse.ExtensionNumber.ShouldBe([50_001]);
        answers[0].AllExtensionNumbersResponse.BaseTypeName.ShouldBe("google.protobuf.MessageOptions");
        answers[1].AllExtensionNumbersResponse.ExtensionNumber.ShouldBeEmpty();
        FilesOf(answers[2])[0].Name.ShouldBe("imports.proto");
    }

    [Fact]
    public async Task What_does_not_exist_is_not_found_and_the_stream_goes_on()
    {
        await using ProberServer server = await StartAsync();

        ServerReflectionResponse[] answers = await AskAsync(
            server,
            new ServerReflectionRequest { FileContainingSymbol = "no.such" },
            new ServerReflectionRequest { FileByFilename = "no/such.proto" },
            new ServerReflectionRequest { AllExtensionNumbersOfType = "no.such" },
            new ServerReflectionRequest { FileContainingExtension = new ExtensionRequest { ContainingType = "no.such", ExtensionNumber = 1 } },
            new ServerReflectionRequest(),
            new ServerReflectionRequest { ListServices = "" });

        answers[..4].ShouldAllBe(answer => answer.ErrorResponse.ErrorCode == (int)StatusCode.NotFound);
        answers[4].ErrorResponse.ErrorCode.ShouldBe((int)StatusCode.InvalidArgument);
        answers[5].ListServicesResponse.Service.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_former_version_answers_the_same()
    {
        await using ProberServer server = await StartAsync();
        using AsyncDuplexStreamingCall<Reflection.V1Alpha.ServerReflectionRequest, Reflection.V1Alpha.ServerReflectionResponse> call = server.Channel.Duplex(AlphaInfo);

        await call.RequestStream.WriteAsync(new Reflection.V1Alpha.ServerReflectionRequest { FileContainingSymbol = "quorate.probe.Prober" });
        (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
        ServerReflectionResponse answer = (await AskAsync(server, new ServerReflectionRequest { FileContainingSymbol = "quorate.probe.Prober" }))[0];

        call.ResponseStream.Current.ToByteString().ShouldBe(answer.ToByteString());
    }

    private static async Task<ServerReflectionResponse[]> AskAsync(ProberServer server, params ServerReflectionRequest[] requests)
    {
        using AsyncDuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> call = server.Channel.Duplex(Info);
        List<ServerReflectionResponse> answers = [];
        foreach (ServerReflectionRequest request in requests)
        {
            await call.RequestStream.WriteAsync(request);
            (await call.ResponseStream.MoveNext(default)).ShouldBeTrue();
            answers.Add(call.ResponseStream.Current);
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext(default)).ShouldBeFalse();
        return [.. answers];
    }

    private static FileDescriptorProto[] FilesOf(ServerReflectionResponse answer) =>
        [.. answer.FileDescriptorResponse.FileDescriptorProto.Select(FileDescriptorProto.Parser.ParseFrom)];

    private static Task<ProberServer> StartAsync() => ProberServer.StartAsync(map: application => application.MapGrpcReflection());
}
