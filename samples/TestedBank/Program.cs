// A state machine of your own in the simulated world: a bank that is wrong is caught, and the right one passes.
//   dotnet run -c Release --project samples/TestedBank
//   dotnet run -c Release --project samples/TestedBank -- replay "--seed 17 --members 3 …"
using Quorate.Samples.TestedBank;

if (args is ["replay", var arguments])
{
    Console.WriteLine(BankTest.Of(() => new ForgetfulBank()).Replay(arguments));
    return 0;
}

return BankComparison.Run(Console.Out, seeds: 200);
