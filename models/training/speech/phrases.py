"""The contact-centre grammar: what agents and customers say, as templates with `{slots}` and `(choices|like this)`."""
import random
import re

from names import BAD, CITY, COMPANY, DAY, DEPARTMENT, DOC, FIRST, ITEM, LAST, MONTH, ROAD, SERVICE, STREET

SMALL = "one two three four five six seven eight nine ten eleven twelve".split()
TEENS = "thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()
DIGITS = "zero one two three four five six seven eight nine".split()
ORDINAL = ("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth "
           "seventeenth eighteenth nineteenth twentieth thirtieth").split()
LETTERS = list("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
pick = random.choice


def digits(count):
    """`count` digits said one by one; now and then "oh" for zero and "double four" or "triple six" for repeats."""
    said, zero, doubles = [], pick(["zero", "zero", "oh"]), random.random() < 0.5
    while count > 0:
        digit = pick(DIGITS)
        digit = zero if digit == "zero" else digit
        r = random.random()
        if doubles and count >= 2 and r < 0.12:
            said += ["double", digit]
            count -= 2
        elif doubles and count >= 3 and r < 0.15:
            said += ["triple", digit]
            count -= 3
        else:
            said.append(digit)
            count -= 1
    return " ".join(said)


def grouped(*sizes):
    """Digits in groups with a pause between them, as card and phone numbers are read out."""
    return pick([", ", " "]).join(digits(n) for n in sizes)


def card():
    """Sixteen card digits in fours."""
    return grouped(4, 4, 4, 4)


def phone():
    """A phone number."""
    return pick([lambda: digits(pick([6, 7, 8, 10, 11])), lambda: grouped(3, 3, 4), lambda: grouped(5, 6)])()


def number():
    """2 to 99."""
    r = random.random()
    return pick(SMALL[1:]) if r < 0.35 else pick(TEENS) if r < 0.45 else pick(TENS) if r < 0.6 else pick(TENS) + " " + pick(SMALL[:9])


def big():
    """100 and more."""
    hundreds = f"{pick(SMALL[:9])} hundred" + pick(["", f" and {number()}"])
    return pick([hundreds, hundreds, f"{number()} thousand", f"{pick(SMALL[:9])} thousand {pick(SMALL[:9])} hundred", "a hundred", "a thousand"])


def money():
    """An amount of money."""
    unit = pick(["dollars", "pounds", "euros"])
    r = random.random()
    if r < 0.4:
        return f"{number()} {unit}"
    if r < 0.65:
        return f"{big()} {unit}"
    if r < 0.85:
        return f"{number()} {unit} {pick(['', 'and '])}{number()}{pick([' cents', ' pence', ''])}"
    return f"{number()} {pick(['cents', 'pence'])}"


def clock():
    """A time of day."""
    hour = pick(SMALL)
    return pick([f"{hour} o'clock", f"{hour} thirty", f"{hour} fifteen", f"half past {hour}", f"quarter to {hour}", f"quarter past {hour}",
                 f"{hour} {pick(['a m', 'p m'])}", f"{hour} in the {pick(['morning', 'afternoon', 'evening'])}", "noon", "midday"])


def ordinal():
    """A day of the month."""
    return pick(ORDINAL) if random.random() < 0.75 else pick(["twenty", "thirty"]) + " " + pick(ORDINAL[:9])


def year():
    """A year as it is said."""
    return pick([f"nineteen {pick(TENS[2:])}{pick(['', ' ' + pick(SMALL[:9])])}", f"two thousand and {pick(SMALL + TEENS)}", f"twenty twenty {pick(SMALL[:7])}"])


def date():
    """A date or a day."""
    return pick([lambda: f"the {ordinal()} of {pick(MONTH)}", lambda: f"{pick(MONTH)} {ordinal()}", lambda: pick(DAY), lambda: f"last {pick(DAY)}",
                 lambda: f"next {pick(DAY)}", lambda: f"{pick(DAY)} {pick(['morning', 'afternoon', 'evening'])}", lambda: f"{pick(DAY)} the {ordinal()}"])()


def since():
    """A time in the past."""
    return pick([lambda: f"{pick(SMALL[1:])} {pick(['days', 'weeks', 'hours', 'months', 'years', 'minutes'])} ago", lambda: "yesterday", lambda: "this morning",
                 lambda: "last week", lambda: "last month", lambda: "last night", lambda: "the other day", lambda: f"on {date()}", lambda: f"in {pick(MONTH)}"])()


def spelled():
    """A short code or name spelled letter by letter, digits between."""
    return " ".join(pick(LETTERS) if random.random() < 0.75 else pick(DIGITS) for _ in range(random.randint(2, 6)))


def name():
    """First and last name."""
    return f"{pick(FIRST)} {pick(LAST)}"


def address():
    """House number and street."""
    return f"{number()} {pick(STREET)} {pick(ROAD)}"


SLOTS = {
    "first": lambda: pick(FIRST), "last": lambda: pick(LAST), "name": name, "city": lambda: pick(CITY), "item": lambda: pick(ITEM),
    "service": lambda: pick(SERVICE), "doc": lambda: pick(DOC), "digits": lambda: digits(pick([3, 4, 5, 6, 8])), "d4": lambda: digits(4), "phone": phone,
    "card": card, "num": number, "big": big, "money": money, "clock": clock, "date": date, "since": since, "bad": lambda: pick(BAD), "year": year,
    "dept": lambda: pick(DEPARTMENT), "day": lambda: pick(DAY), "month": lambda: pick(MONTH), "ord": ordinal, "code": spelled, "address": address,
    "company": lambda: pick(COMPANY), "few": lambda: pick(SMALL[1:6]), "letter": lambda: pick(LETTERS), "part": lambda: pick(["morning", "afternoon", "evening"]),
    "angry": lambda: pick(["very disappointed", "really frustrated", "extremely upset", "so angry", "very unhappy", "completely fed up", "not happy",
                           "quite annoyed", "furious", "worried", "confused", "tired of waiting"]),
    "happy": lambda: pick(["very happy", "really pleased", "so grateful", "very satisfied", "delighted", "impressed", "glad", "relieved"]),
}

AGENT = """
Good (morning|afternoon|evening), thank you for calling {dept}, this is {first} speaking.
Good (morning|afternoon|evening), {company}, {first} speaking, how can I help?
Thank you for calling {company}, my name is {first}, how can I help you today?
Hello, you are through to {dept}, how may I help?
Welcome to {company}, you are speaking with {first}.
Can I take your (account|order|customer|policy|reference|membership|booking) number, please?
May I have your full name and (date of birth|postcode|address), please?
Could you (confirm|tell me|give me) your (email address|phone number|date of birth|postcode|mother's maiden name) for security?
Thank you, {first}, I have found your account.
Let me (check|look at|open|pull up) that for you (now|on the system|right away).
I am (so sorry|very sorry|sorry) to hear that.
I (understand|can understand|completely understand) how frustrating that (is|must be).
I apologise for the (delay|inconvenience|trouble|mistake|confusion|long wait).
I can see that your {item} was (sent|shipped|dispatched|delivered|collected) on {date}.
Your order number {digits} is (still in the warehouse|on its way|out for delivery|waiting for payment|being packed).
The delivery is now (expected|planned|scheduled) for {date}.
I will (send|arrange|order) a replacement {item} (today|tomorrow|on {date}).
You will receive a (full|partial) refund of {money} within {num} working days.
I have (refunded|credited|returned) {money} to your (card|account|wallet).
I can offer you a discount of {num} percent on your next (order|bill|payment).
Would you like a (refund|replacement|credit|call back|discount|receipt|copy)?
Is there anything else I can help you with today?
Your (payment|bill|balance|premium|deposit) of {money} is due on {date}.
There was a charge of {money} on your account {since}.
I will (remove|cancel|correct|reverse) that charge for you.
I am going to (transfer|pass|connect) you to {dept}, please stay on the line.
Please hold for a moment while I (check|look into|confirm) this.
Thank you for (holding|waiting|your patience|letting us know).
I have (opened|created|logged|raised) a (ticket|case), the reference number is {digits}.
A (technician|engineer|manager|specialist|driver|colleague) will (call|visit|contact) you on {date} at {clock}.
Please (restart|unplug|reset|switch off) the router and wait {num} seconds.
Can you see a (green|red|orange|blue|flashing|white) light on the {item}?
We have a (network|service|power) outage in {city}, it should be fixed by {clock}.
I have (blocked|cancelled|replaced) your card and a new one will arrive in {num} days.
For your security, I need to ask you (a few|two|three) questions.
This call (is|may be) recorded for training and quality purposes.
Do you agree to this call being recorded?
Your appointment is (booked|confirmed|moved|cancelled) for {date} at {clock}.
The next available appointment is on {date} at {clock}, does that work for you?
I have changed your flight to {city} to {date} at {clock}.
Your booking reference is {code}.
Your claim has been (approved|received|rejected|reviewed|closed) and the claim number is {digits}.
You need to send us a copy of your {doc}.
Please send the {doc} by email or WhatsApp.
I will send you a (confirmation|message|link|code) by (email|text|WhatsApp|post).
I have cancelled your {service} with effect from {date}.
Your new {service} will start on {date} and it costs {money} a month.
I will call you back on {date} (before|after) {clock}.
Let me speak to my (manager|supervisor|team leader|colleague).
Thank you for calling, have a (nice|lovely|great|wonderful) (day|evening|weekend).
You are welcome, goodbye.
That is all done for you now.
Could you please (spell|repeat|confirm) that for me?
I can see your message on WhatsApp from {since}.
I see that you contacted us about your {item} {since}.
Let me explain how the {service} works.
Have you tried to (restart|update|reset|charge|clean) the {item}?
We can upgrade your {service} for an extra {money} a month.
So that is {digits}, is that correct?
Let me read that back to you, {digits}.
Your new (password|pin|code) is {code}.
The last four digits of your card are {d4}.
Can I have the long number across the front of the card?
And the expiry date and the three digits on the back?
I am afraid the {item} is out of stock until {month}.
We do not have that in (red|blue|black|white|green|your size|medium|large|small).
The (parcel|package|order) was left with (a neighbour|the reception|security|your wife).
The driver tried to deliver it at {clock} but nobody was at home.
You can (track|follow|change) your delivery (online|in the app|on our website).
Your contract runs until {month} {year}.
There is an early cancellation fee of {money}.
If you stay with us, I can (reduce|lower|bring down) your bill to {money} a month.
We value you as a customer and would like to keep you.
Your (annual|monthly|weekly|yearly) payment will go (up|down) to {money} from {month}.
The interest rate is {num} point {num} percent.
You have {num} (points|minutes|gigabytes|messages|days) left this month.
Your meter reading is {digits}.
Can you read me the numbers on the meter, please?
Please take the {item} to your nearest store with the {doc}.
The warranty covers (parts|labour|parts and labour|accidental damage) for {few} years.
You have to return it within {num} days in the original (box|packaging).
I will email you a return label, just print it and stick it on the box.
The (doctor|nurse|dentist|consultant) can see you on {date} at {clock}.
Please bring your {doc} and arrive ten minutes early.
Your test results are (ready|normal|not back yet).
Your prescription will be ready to collect after {clock}.
Are you taking any medication at the moment?
Do you have any allergies?
Your room is booked for {few} nights from {date}.
Breakfast is included and check out is at {clock}.
Would you prefer a (single|double|twin|family) room?
Your flight leaves at {clock} from terminal {few}.
You are allowed one bag of up to {num} kilos.
There is a change fee of {money} plus the difference in fare.
Was anybody hurt in the accident?
Can you describe the damage to the (car|vehicle|roof|window|door)?
What is the registration number of the vehicle?
We will send a (tow truck|courtesy car|surveyor|repair team) within the hour.
Your excess is {money}.
Have you shared your password or pin with anyone?
Did you authorise a payment of {money} to {company}?
I will stop that transaction and send you a new card.
For verification, please tell me the {ord} and the {ord} character of your password.
You should receive a text message with a six digit code.
Please click on the link in the email and follow the instructions.
Go to settings, then network, and tell me what you see.
Please (press|hold|push) the button on the (back|front|side) for {num} seconds.
Can you try a different (browser|cable|socket|device|password)?
Which version of the (app|software|system) do you have?
I can see (an error|a fault|a problem) on the line from here.
I am running a test on your line, it will take about {few} minutes.
I have made a note of that on your account.
I will escalate this to {dept} (today|straight away|as a matter of urgency).
You will hear from us (within|in) {num} (hours|days).
Just to confirm, you would like to (cancel|renew|change|upgrade|keep) your {service}.
Bear with me one moment, please.
Are you still there?
Sorry about that, my computer is a bit slow today.
I am just waiting for the page to load.
How would you rate the service you received today?
You may receive a short survey after this call.
I have added a note so you do not have to explain it again.
Please do not share that code with anybody.
That was a mistake on our side.
Unfortunately we cannot do that without the account holder.
I am not able to (change|see|discuss|access) that, but I can put you through to {dept}.
"""
CUSTOMER = """
Hi, my name is {name}.
Hello, this is {name} calling from {city}.
Hi, I am calling about my (order|bill|{service}|{item}|refund|appointment|claim|delivery|account).
My (order|account|customer|policy|reference) number is {digits}.
My phone number is {phone}.
My date of birth is the {ord} of {month} {year}.
I was born on {month} {ord} {year}.
I ordered a {item} {since} and it (still has not arrived|has not been delivered|is not here yet|never came).
The {item} arrived {bad}.
The {item} I received is {bad} and I want a (refund|replacement).
I would like (to return the {item}|my money back|a refund|a replacement|to cancel my order).
I want to (cancel|change|upgrade|renew|stop|pause) my {service}.
I was charged (twice|too much|the wrong amount|again|{money}) for my {service}.
There is a charge of {money} on my (card|account|bill) that I do not recognise.
My (card|wallet|bag|phone|passport) was stolen (in {city} |){since}.
I think somebody has used my (card|account) without my permission.
My {service} is (not working|very slow|down again) since {date}.
The internet keeps (dropping|stopping|cutting out) every {num} minutes.
I have already (called|written|complained|emailed) {few} times about this.
This is (unacceptable|terrible|ridiculous|awful|appalling|a joke) service.
I am {angry} with (the service|your company|this delay|all of this|the driver).
Nobody (called me back|answered my email|told me about this|came|helped me).
I want to speak to a (manager|supervisor|human being|real person).
I want to make a complaint.
I am {happy} with (your help|the service|the new {item}).
Thank you so much, you have been (very helpful|great|wonderful|brilliant|so kind).
That is (great|perfect|fine|wonderful|good to know|a relief), thank you.
Yes, that works for me.
No, that is not (right|correct|good enough|what I ordered|what I was told).
Yes please.
No thank you, that is everything.
Could you (check|tell me|explain) when (it will arrive|the {item} will be delivered|my refund will be paid)?
How much (does it cost|will I have to pay|is the {service}) (a month|in total|)?
When will I (get|receive) my (refund|new card|{item}|money|{doc})?
I need to (book|move|change|cancel) my appointment on {date}.
Do you have anything on {date} at {clock}?
I have a flight to {city} on {date} and I need to change it.
My flight from {city} to {city} was (cancelled|delayed).
I need a (hotel|room|car|taxi) in {city} for {num} nights.
I had an accident {since} and I need to make a claim.
My car was (damaged|hit|stolen|towed) in {city} {since}.
I have sent you the {doc} by (email|post|WhatsApp) {since}.
I did not receive the {doc}.
I have moved house and my new address is {address} in {city}.
My email address has changed.
I forgot my password and I cannot log in.
The app (does not open|is not working|shows an error|keeps crashing|is very slow).
The (screen|battery|button|cable|door|handle|motor) is {bad}.
I have restarted the router but the light is still (red|orange|flashing).
I paid {money} on {date}.
Can I pay by (card|bank transfer|direct debit|cheque|cash) today?
I would like to buy a {item}, do you have it in stock?
I am interested in your {service}, what does it cost?
I saw your offer of {money} a month on your website.
My contract (ends|expires) on {date}.
I will leave and go to another company.
If this is not fixed by {date}, I will cancel my {service}.
Okay, I will wait for your call.
Can you send me (a confirmation|the details|the {doc}) by (email|text|WhatsApp)?
I spoke to {first} {since} and (he|she) told me it would be fixed.
That was the wrong {item}, I ordered a {item}.
I am sorry, could you repeat that?
The number is {phone}.
It was delivered to the wrong address.
Goodbye.
The card number is {card}.
It expires in {month} {year}.
My postcode is {code}.
It is spelled {code}.
My surname is {last}, that is {code}.
The serial number is {code}.
That is {letter} for {first}, {letter} for {city}.
Yes, it is {digits}.
No, it is {digits}.
My email is {first} dot {last} at (gmail|outlook|hotmail|yahoo) dot com.
I have been waiting on hold for {num} minutes.
I have been a customer for {num} years.
I live at {address} in {city}.
I am calling on behalf of my (mother|father|husband|wife|son|daughter|boss|neighbour).
I would like to speak to somebody in {dept}.
Someone from {dept} called me {since}.
I got a letter from you saying I owe {money}.
I got a text message about a parcel, is it real?
Why has my bill gone up to {money}?
Why was I charged {money} when the price was {money}?
I never (agreed|signed up|asked|subscribed) to that.
I cancelled it {since} and you are still taking money.
The price on the website was {money}.
I was promised a (call back|refund|discount|credit|new one).
You said it would be here on {date}.
I took the day off work and nobody turned up.
It says delivered but I have not got anything.
The box was open and the {item} was {bad}.
It makes a (strange|loud|funny|terrible) noise when I turn it on.
It does not (turn on|charge|fit|work|connect|print) any more.
It stopped working after {few} (days|weeks|months).
I tried that already and it did not (help|work|change anything).
I followed the instructions but it still does not work.
There is no (signal|hot water|power|heating|picture|sound) in the (house|office|kitchen|whole street).
There is water coming through the (ceiling|roof|wall|kitchen floor).
I have a pain in my (back|chest|leg|shoulder|stomach|knee|head) since {date}.
My (son|daughter|baby|mother) has a (fever|cough|headache|rash|cold).
I need to see a doctor as soon as possible.
I need a repeat prescription, please.
Is it possible to come in the {part} instead?
Can I bring the appointment forward to {date}?
Can we reschedule for {date} at {clock}?
I will be at home after {clock}.
I am at work until {clock}.
I would like a table for {few} on {date} at {clock}.
Do you deliver to {city}?
What are your opening hours on {day}?
Are you open on (Saturday|Sunday|bank holidays)?
Where is your nearest (store|branch|office|shop) in {city}?
Can I change the name on the booking to {name}?
I lost my luggage on the flight from {city}.
I need a receipt for my (company|taxes|insurance|records).
I want to increase my limit to {money}.
I want to transfer {money} to my (son|daughter|landlord|other account).
I do not understand this (bill|letter|contract|charge|word).
I am not sure, let me check.
Hold on, let me find a pen.
Hold on a second, I have it here somewhere.
Sorry, the line is very bad, I can hardly hear you.
Can you speak up a bit, please?
Can you speak more slowly, please?
I did not catch that.
What was your name again?
Okay.
Right.
Yes.
No.
Sure.
Okay, thank you.
All right.
I see.
Of course.
Exactly.
That is correct.
That is right.
Not really.
Hello?
Perfect.
Great, thanks.
Thanks, bye.
Bye bye.
One moment.
I think so.
I do not know.
Maybe.
Absolutely.
Fair enough.
Never mind.
No problem.
Oh no.
Well, I suppose so.
It depends.
That would be (great|lovely|helpful|fine).
How long will it take?
How does that work?
What does that mean?
What happens next?
Who am I speaking to?
Is that included in the price?
Is there a charge for that?
Can you guarantee that?
What else do you need from me?
"""
LINES = [line for line in (AGENT + CUSTOMER).split("\n") if line.strip()]


def expand(template):
    """A template with its choices and slots filled at random."""
    while found := re.search(r"\(([^()]*\|[^()]*)\)", template):
        template = template[:found.start()] + pick(found.group(1).split("|")) + template[found.end():]
    while "{" in template:
        template = re.sub(r"\{(\w+)\}", lambda m: SLOTS[m.group(1)](), template)
    template = re.sub(r"\s+([,.?])", r"\1", re.sub(r"\s+", " ", template)).strip()
    template = re.sub(r"\ba (?=[aeio])", "an ", template)
    return template[0].upper() + template[1:]


SUBJECT = """I,we,they,you,the agent,the customer,my wife,my husband,the driver,the manager,our team,the company,the doctor,my son,my neighbour,the bank,
the shop,the office,everyone,nobody,somebody,my boss,the engineer,the lady,the man,people,your colleague,the technician,my mother,my friend,he,she""".replace("\n", "").split(",")
VERB = """called,wanted,needed,found,lost,opened,closed,ordered,bought,sold,sent,received,checked,changed,cancelled,forgot,remembered,paid for,asked for,
looked at,waited for,talked about,complained about,returned,repaired,moved,signed,tested,broke,cleaned,used,liked,missed,booked,confirmed,
delivered,explained,noticed,offered,promised,refused,replaced,reported,saw,took,tried,updated,upgraded,picked up,filled in,set up,fixed""".replace("\n", "").split(",")
DETERMINER = """the,a,my,your,this,that,our,the new,the old,the other,the small,the big,the blue,the red,the white,the black,another,the same,the last,every,
his,her,their,the first,the second,the wrong,the right,some,no,any""".replace("\n", "").split(",")
NOUN = ITEM + DOC + SERVICE + """account address answer battery box building business button cable car card city code company computer contract country
delivery email door engineer family flight garden hotel house key kitchen letter light line list machine manager message meter minute name network
number office offer package page parcel password payment picture plan price problem product question reason report road room school screen service
shop signal store street system table team ticket train visit voice warehouse water website window word amount appointment balance branch cancellation
charge claim complaint connection cost date deal department deposit description discount error fee file fault form holiday instruction job limit loan
location meeting option order part period premium profile purchase rate refund renewal request result review sale schedule setting signature situation
solution store supplier support tariff tax test total transaction transfer trip update upgrade user value version week year""".split()
TAIL = """,yesterday,today,again,in the morning,last night,at work,at home,in the kitchen,on the phone,for the second time,without asking,before the weekend,
after the holiday,because it was late,but it did not help,and then it stopped,so I am calling now,with no problem,in the city,by mistake,very quickly,
when the light was red,near the office,at the station,during the call,as soon as possible,twice this week,for no reason,by the end of the month,
in the meantime,at the same time,on the website,through the app,in the end,a long time ago,without any warning,instead of the other one""".replace("\n", "").split(",")


def free():
    """A plain sentence of subject, verb, object and tail."""
    return expand(f"{pick(SUBJECT)} {pick(VERB)} {pick(DETERMINER)} {pick(NOUN)} {pick(TAIL)}.")
