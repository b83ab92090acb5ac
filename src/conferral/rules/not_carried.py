"""What is adopted from elsewhere and finds nothing, or not enough, to bind yet: each with what it waits for."""

# In a few words, for numbers of which nothing is carried.
WORDS = {
    "R61": "A verifier visits twice a year and samples every stage, certificated work included",
    "R62": "A visit moved at short notice is charged, and none is made from 18 to 31 August",
    "R63": "Direct claims status follows a year of good delivery, one qualification at a time",
    "R64": "A candidate is entered for the full award or for single units, not both",
    "R68": "A sanction is told by letter, and can be reviewed and then appealed against",
    "R71": "Each centre is checked once a year at short notice",
    "R72": "A qualification is withdrawn by a plan that protects learners, and the regulator is told",
    "R79": "Before a moderation visit entries are made four weeks and the claim two weeks ahead",
}

# One sentence each; for a number that is carried in part, what is left of it.
WAITS = {
    "R61": "It waits for visits that are planned, reported and counted; the free ones are counted by rule already.",
    "R62": "It waits for visits with a day that can be agreed and moved.",
    "R63": "It waits for direct claims status as a record of a centre and a qualification.",
    "R64": "It waits for entries for single units: every registration is for the full award.",
    "R65": "Its other half waits for unnamed places: every registration names its candidate.",
    "R66": "Ending the approval waits for a decision of the desk on each centre: now the centre is warned.",
    "R68": "It waits for sanctions; reviews and appeals of moderation exist.",
    "R70": "Checks after results wait for direct claims: now every unit is decided before it counts.",
    "R71": "It waits for visits and for a plan of them by centre.",
    "R72": "It waits for withdrawal plans with approval: now a withdrawal has dates, a reason and alternatives.",
    "R74": "Prior learning without a unit of its own waits for a record of how it was assessed.",
    "R78": "Investigations, decisions and penalties wait for cases of malpractice: now a report is held or closed.",
    "R79": "It waits for visits: moderation is by post, mail, portfolio or upload.",
}
